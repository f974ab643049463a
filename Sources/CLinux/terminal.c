#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

int32_t clinux_open_terminal(int32_t ptmx, int32_t *secondary) {
    int unlock = 0;
    int32_t answer = ANSWER(ioctl(ptmx, TIOCSPTLCK, &unlock));
    if (answer < 0) return answer;
    answer = ANSWER(ioctl(ptmx, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (answer < 0) return answer;
    *secondary = answer;
    return ptmx;
}

int32_t clinux_terminal_resize(int32_t fd, uint16_t rows, uint16_t columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return ANSWER(ioctl(fd, TIOCSWINSZ, &size));
}

int32_t clinux_make_controlling_terminal(int32_t fd) { return ANSWER(ioctl(fd, TIOCSCTTY, 0)); }
#endif
