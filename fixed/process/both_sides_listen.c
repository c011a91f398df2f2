/*
 * both_sides_listen: client and server both wait for the other's greeting
 *
 * Story: a program hands a letter to a mail server, a child process, over a pair of sockets. The
 *        client has been written by the book: a server greets first, and the client then says HELO.
 * Wrong: the connection stands, and nothing is ever sent on it. No letter is delivered, and there
 *        is no error that anyone could report.
 * Why: the server waits for HELO before it says anything, as is right where the client opens the
 *      talk. Both sides are in read(), and what either waits for is what the other has not sent.
 * Fix: the server greets, then listens: at any time exactly one of the two listens.
 * Roadmap: processes, Pipe, deadlocks, server
 * CWE: CWE-833 Deadlock; CWE-696 Incorrect Behavior Order
 * CERT: none
 */
#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static bool say(int line, const char *text)
{
    return write(line, text, strlen(text)) == (ssize_t)strlen(text);
}

static bool hear(int line, const char *expected)
{
    char text[64];
    ssize_t size = read(line, text, sizeof(text));  /* bug: hang(greeting);
        explore blind: a forked child runs freely */

    return size == (ssize_t)strlen(expected) && memcmp(text, expected, strlen(expected)) == 0;
}

static bool serve(int client)
{
    return say(client, "220 mail server") &&
           hear(client, "HELO desk") &&
           say(client, "250 pleased to meet you") &&
           hear(client, "Dear Sir or Madam") &&
           say(client, "250 accepted");
}

static bool send_letter(int server)
{
    return hear(server, "220 mail server") &&
           say(server, "HELO desk") &&
           hear(server, "250 pleased to meet you") &&
           say(server, "Dear Sir or Madam") &&
           hear(server, "250 accepted");
}

int main(void)
{
    int line[2], status = -1;

    /* Packets: what one write() sends one read() gets. */
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, line) == -1)
        return 1;
    if (fork() == 0) {
        close(line[0]);
        _exit(serve(line[1]) ? 0 : 1);
    }
    close(line[1]);
    bool accepted = send_letter(line[0]);
    close(line[0]);
    wait(&status);
    assert(accepted && status == 0);
    return 0;
}
