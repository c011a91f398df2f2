/* One line of a stack as the sanitizers print it. */
#ifndef RACELAB_DETECT_TSAN_FRAME_H
#define RACELAB_DETECT_TSAN_FRAME_H

#include "detect/text_lines.h"
#include "model/stack.h"

/*
 * Adds the frame of "#1 main /src/a.c:28:5 (a.tsan+0x4cf139) (BuildId: ce55...)" to the stack. A frame
 * without function and file has "MODULE+0xOFFSET" put into *unnamed (from malloc) if that is still NULL
 * and the module is no library. Returns whether there was a file with a line.
 */
bool tsan_read_frame(struct span line, struct stack *stack, char **unnamed);

#endif
