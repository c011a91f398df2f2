/*
 * What reading a long log costs: writes one with as many ThreadSanitizer reports as fit, of so many different
 * races, among a program's own output; reads it; prints the rate, the memory and what was found.
 *
 * Usage: racelab-read-bench FILE [MEGABYTES [RACES]]   (500 and 10000; FILE is overwritten)
 */
#include "detect/log.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MEGA 1000000.0

/* Small and the same everywhere: what differs from report to report, as in the log of a real suite. */
static uint64_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static void write_access(FILE *out, const char *what, size_t race, unsigned side, uint64_t address)
{
    static const char *const layers[] = {"cache_touch",      "store_update", "request_handle",
                                         "connection_serve", "worker_step",  "worker_main"};
    fprintf(out, "  %s of size 8 at 0x%012llx by thread T%u%s:\n", what,
            (unsigned long long)address, side + 1, side ? "" : " (mutexes: write M0)");
    for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
        fprintf(out,
                "    #%zu %s_%zu /srv/build/server/src/layer%zu/part%zu.c:%zu:%u "
                "(server+0x%zx) (BuildId: eedbdd2020b049052253040807d079fd0961ee82)\n",
                i, layers[i], i < 2 ? race : race % 10, i, race % 100, 10 + race / 100 + i,
                5 + side, 0x4c0000 + race * 64 + i);
    fputc('\n', out);
}

static void write_report(FILE *out, size_t race, uint64_t *seed)
{
    unsigned pid = 1000 + (unsigned)(next(seed) % 30000);
    uint64_t address = 0x7b0400000000u + next(seed) % 1000000 * 8;
    fprintf(out, "==================\nWARNING: ThreadSanitizer: data race (pid=%u)\n", pid);
    write_access(out, "Write", race, 0, address);
    write_access(out, "Previous read", race, 1, address);
    fprintf(out,
            "  Location is heap block of size 24 at 0x%012llx allocated by main thread:\n"
            "    #0 malloc <null> (server+0x44f3bd)\n"
            "    #1 main /srv/build/server/src/main.c:%zu:9 (server+0x4cf13d)\n\n"
            "  Mutex M0 (0x%012llx) created at:\n"
            "    #0 pthread_mutex_init <null> (server+0x4503bd)\n"
            "    #1 main /srv/build/server/src/main.c:37:9 (server+0x4cf13d)\n\n",
            (unsigned long long)address, 50 + race % 7, (unsigned long long)address + 64);
    for (unsigned side = 0; side < 2; side++)
        fprintf(out,
                "  Thread T%u 'worker' (tid=%u, running) created by main thread at:\n"
                "    #0 pthread_create <null> (server+0x4503bd)\n"
                "    #1 main /srv/build/server/src/main.c:%u:9 (server+0x4cf13d)\n\n",
                side + 1, pid + 2 + side, 70 + side);
    fprintf(out,
            "SUMMARY: ThreadSanitizer: data race /srv/build/server/src/layer0/part%zu.c:%zu:5 in "
            "cache_touch_%zu\n==================\n",
            race % 100, 10 + race / 100, race);
}

static int write_log(const char *path, double megabytes, size_t races, size_t *reports)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return -errno;
    uint64_t seed = 1;
    for (*reports = 0; (double)ftello(out) < megabytes * MEGA; ++*reports) {
        for (uint64_t i = next(&seed) % 4; i > 0; i--)
            fprintf(out, "[worker %llu] served request %llu in %llu us\n",
                    (unsigned long long)next(&seed) % 16, (unsigned long long)next(&seed),
                    (unsigned long long)next(&seed) % 5000);
        write_report(out, *reports % races, &seed);
    }
    return fclose(out) == 0 ? 0 : -errno;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    double megabytes = argc > 2 ? strtod(argv[2], NULL) : 500;
    size_t races = argc > 3 ? strtoul(argv[3], NULL, 10) : 10000;
    size_t reports = 0;
    if (argc < 2 || argc > 4 || megabytes <= 0 || races == 0) {
        fputs("Usage: racelab-read-bench FILE [MEGABYTES [RACES]]\n", stderr);
        return 2;
    }
    int error = write_log(argv[1], megabytes, races, &reports);
    if (error) {
        fprintf(stderr, "racelab-read-bench: %s: %s\n", argv[1], strerror(-error));
        return 1;
    }
    struct rusage before;
    struct rusage after;
    struct timespec begun;
    struct timespec done;
    struct log log;
    char *problem = NULL;
    getrusage(RUSAGE_SELF, &before);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    error = log_read(argv[1], &log, &problem);
    clock_gettime(CLOCK_MONOTONIC, &done);
    getrusage(RUSAGE_SELF, &after);
    if (error) {
        fprintf(stderr, "racelab-read-bench: %s\n", problem);
        free(problem);
        return 1;
    }
    double user = seconds(after.ru_utime) - seconds(before.ru_utime);
    double system = seconds(after.ru_stime) - seconds(before.ru_stime);
    double wall =
        (double)(done.tv_sec - begun.tv_sec) + (double)(done.tv_nsec - begun.tv_nsec) / 1e9;
    printf("%.0f MB with %zu reports of %zu races: %.2f s user, %.2f s system, %.2f s in all\n",
           megabytes, reports, reports < races ? reports : races, user, system, wall);
    printf("%.0f MB a second of processor time; %ld MB of memory at most\n",
           megabytes / (user + system), after.ru_maxrss / 1024);
    for (size_t i = 0; i < log.count; i++) {
        size_t times = 0;
        for (size_t j = 0; j < log.parts[i].findings.count; j++)
            times += log.parts[i].findings.items[j].times;
        printf("%s: %zu findings, said %zu times; %s\n", log.parts[i].detector,
               log.parts[i].findings.count, times,
               log.parts[i].trouble ? log.parts[i].trouble : "no trouble");
    }
    log_release(&log);
    return 0;
}
