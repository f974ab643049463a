#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

int32_t clinux_poller_create(void) { return ANSWER(epoll_create1(EPOLL_CLOEXEC)); }

int32_t clinux_poller_add(int32_t poller, int32_t fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    return ANSWER(epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event));
}

int32_t clinux_poller_change(int32_t poller, int32_t fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    return ANSWER(epoll_ctl(poller, EPOLL_CTL_MOD, fd, &event));
}

int32_t clinux_poller_remove(int32_t poller, int32_t fd) {
    struct epoll_event unused;
    memset(&unused, 0, sizeof unused);
    return ANSWER(epoll_ctl(poller, EPOLL_CTL_DEL, fd, &unused));
}

int32_t clinux_poller_wait(int32_t poller, struct clinux_poller_event *list, int32_t room, int32_t timeout_ms) {
    struct epoll_event events[64];
    if (room > 64) room = 64;
    int32_t count = ANSWER(epoll_wait(poller, events, room, timeout_ms));
    if (count == -EINTR) return 0;
    for (int32_t i = 0; i < count; i++) list[i] = (struct clinux_poller_event){events[i].data.fd, events[i].events};
    return count;
}

int32_t clinux_wakeup_create(void) { return ANSWER(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }
#endif
