#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>

int32_t clinux_epoll_create(void) { return ANSWER(epoll_create1(EPOLL_CLOEXEC)); }

static int32_t control(int32_t epoll, int operation, int32_t fd, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data.u64 = tag};
    return ANSWER(epoll_ctl(epoll, operation, fd, &event));
}

int32_t clinux_epoll_add(int32_t epoll, int32_t fd, int32_t urgent, uint64_t tag) {
    return control(epoll, EPOLL_CTL_ADD, fd, (urgent ? EPOLLPRI : EPOLLIN) | EPOLLONESHOT, tag);
}

int32_t clinux_epoll_rearm(int32_t epoll, int32_t fd, int32_t urgent, uint64_t tag) {
    return control(epoll, EPOLL_CTL_MOD, fd, (urgent ? EPOLLPRI : EPOLLIN) | EPOLLONESHOT, tag);
}

int32_t clinux_epoll_remove(int32_t epoll, int32_t fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int32_t clinux_epoll_wait(int32_t epoll, uint64_t *tags, int32_t room, int32_t timeout_ms) {
    struct epoll_event events[64];
    if (room > 64) room = 64;
    int32_t count = ANSWER(epoll_wait(epoll, events, room, timeout_ms));
    if (count == -EINTR) return 0;
    for (int32_t i = 0; i < count; i++) tags[i] = events[i].data.u64;
    return count;
}

int32_t clinux_eventfd(void) { return ANSWER(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int32_t clinux_inotify(void) { return ANSWER(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)); }

int32_t clinux_inotify_add(int32_t fd, const char *path, uint32_t mask) {
    return ANSWER(inotify_add_watch(fd, path, mask));
}

int32_t clinux_lock_exclusively(int32_t fd) { return ANSWER_RETRY(flock(fd, LOCK_EX | LOCK_NB)); }
#endif
