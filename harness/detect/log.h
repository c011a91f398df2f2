/*
 * Logs that somebody else's runs left behind: a CI's log, standard error, a --log-file or --xml-file. In one
 * file there may be reports of several tools and processes among a program's and a build's own output, with
 * a CI's time stamps, colours and carriage returns (see log_strip.h).
 *
 * Read are the text of ThreadSanitizer and of Go's race detector, and of Helgrind and DRD text or XML.
 * Which compiler's ThreadSanitizer it was is not told by its text: both are "tsan".
 */
#ifndef RACELAB_DETECT_LOG_H
#define RACELAB_DETECT_LOG_H

#include "model/finding.h"

/* What one tool said in a log. */
struct log_part {
    const char *detector;     /* "tsan", "go", "helgrind", "drd"; static */
    struct findings findings; /* raw_line is a line of the log; without any, the tool was silent */
    char *version;            /* of the tool; NULL: not told */
    char *trouble;            /* what is incomplete or unreadable, a sentence; NULL: nothing */
};

#define LOG_TOOLS 4

/* Only the tools that the log has something of. */
struct log {
    struct log_part parts[LOG_TOOLS];
    size_t count;
};

/* An XML file is read whole, and must not be larger. Of text only the different reports are kept. */
#define LOG_XML_ROOM ((size_t)256 * 1024 * 1024)

/*
 * Reads a log. Returns 0 where it has something of at least one tool, which may be that it ran and found
 * nothing; *log is then to be released. Otherwise *log is empty, *problem is a sentence (from malloc) that
 * names the file and says what to do, and the value returned is
 *   -ENOMSG   readable text, and no report in it
 *   -ENODATA  nothing is in it
 *   -EISDIR   a folder
 *   -EILSEQ   no text: a binary, a core, a compressed log
 *   -EFBIG    XML of more than LOG_XML_ROOM bytes
 *   -EBADMSG  XML, but of no tool that is known
 *   or what opening or reading it gave. Frames of libraries and tools are no sites (see stack.h).
 *
 * May be called from several threads at once.
 */
int log_read(const char *path, struct log *log, char **problem);
/* The same of an open descriptor, which is read to its end and stays open; `name` stands for it in sentences.
 * Blocks as long as reading it does. */
int log_read_fd(int fd, const char *name, struct log *log, char **problem);
void log_release(struct log *log);

#endif
