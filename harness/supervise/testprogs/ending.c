/* ending HOW [NUMBER]: ends in the way it is told. */
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Prints what a program inherits that it should not have to care about. */
static void print_inheritance(void)
{
    struct rlimit core;
    sigset_t blocked;
    getrlimit(RLIMIT_CORE, &core);
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    int signals = 0;
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            signals++;
        signals += sigismember(&blocked, number) == 1;
    }
    int open_above = 0;
    for (int fd = 3; fd < 1024; fd++)
        open_above += fcntl(fd, F_GETFD) >= 0;
    struct stat out;
    fstat(STDOUT_FILENO, &out);
    printf("core=%ld signals=%d descriptors=%d leader=%d pipe=%d stdin=%zd\n", (long)core.rlim_cur,
           signals, open_above, getsid(0) == getpid(), S_ISFIFO(out.st_mode),
           read(STDIN_FILENO, &out, 1));
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    if (strcmp(how, "exit") == 0)
        return number;
    if (strcmp(how, "signal") == 0) {
        raise(number);
        return 99;
    }
    if (strcmp(how, "assert") == 0)
        assert(number == 42);
    if (strcmp(how, "environment") == 0)
        printf("%s\n", getenv("RACELAB_TEST_VARIABLE"));
    if (strcmp(how, "inheritance") == 0)
        print_inheritance();
    if (strcmp(how, "write") == 0)
        for (int i = 0; i < number; i++) {
            putchar('a' + i % 26);
            putc('A' + i % 26, stderr);
        }
    if (strcmp(how, "flood") == 0) {
        static char line[4096];
        memset(line, 'x', sizeof line);
        for (;;)
            (void)!write(STDOUT_FILENO, line, sizeof line);
    }
    if (strcmp(how, "close") == 0) {
        close(STDOUT_FILENO);
        close(STDERR_FILENO);
        /* Long enough for the supervisor to have seen both ends of stream many times over. */
        const struct timespec pause = {0, 300000000};
        nanosleep(&pause, NULL);
        return 7;
    }
    if (strcmp(how, "report") == 0) {
        /* Grows a report for as long as it is let. */
        char path[4096];
        snprintf(path, sizeof path, "%s/report", argv[2]);
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        static const char block[4096];
        for (;;) {
            const struct timespec pause = {0, 1000000};
            (void)!write(fd, block, sizeof block);
            nanosleep(&pause, NULL);
        }
    }
    return 0;
}
