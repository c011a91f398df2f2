#include "model/utf8.h"

#include <stdbool.h>

size_t utf8_length(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char lead = bytes[0];
    if (lead < 0x80)
        return 1;
    size_t need = lead >= 0xc2 && lead <= 0xdf   ? 2
                  : (lead & 0xf0) == 0xe0        ? 3
                  : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                 : 0;
    if (need == 0 || need > length)
        return 0;
    for (size_t i = 1; i < need; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    }
    bool overlong = (lead == 0xe0 && bytes[1] < 0xa0) || (lead == 0xf0 && bytes[1] < 0x90);
    bool surrogate = lead == 0xed && bytes[1] >= 0xa0;
    bool too_large = lead == 0xf4 && bytes[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : need;
}
