#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#define MOST_DESCRIPTORS 16

int32_t clinux_seqpacket_pair(int32_t fds[2]) {
    return ANSWER(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
}

static int32_t address_of(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path) return -ENAMETOOLONG;
    memcpy(address->sun_path, path, length);
    return 0;
}

int32_t clinux_seqpacket_listen(const char *path, int32_t backlog) {
    struct sockaddr_un address;
    int32_t answer = address_of(path, &address);
    if (answer < 0) return answer;
    int32_t listener = ANSWER(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (listener < 0) return listener;
    /* Readable by the owner alone from the first instant: bind obeys the umask. */
    mode_t before = umask(0177);
    answer = ANSWER(bind(listener, (struct sockaddr *)&address, sizeof address));
    umask(before);
    if (answer >= 0) answer = ANSWER(listen(listener, backlog));
    if (answer < 0) {
        close(listener);
        return answer;
    }
    return listener;
}

int32_t clinux_seqpacket_connect(const char *path) {
    struct sockaddr_un address;
    int32_t answer = address_of(path, &address);
    if (answer < 0) return answer;
    int32_t connection = ANSWER(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (connection < 0) return connection;
    answer = ANSWER_RETRY(connect(connection, (struct sockaddr *)&address, sizeof address));
    if (answer < 0) {
        close(connection);
        return answer;
    }
    return connection;
}

int32_t clinux_accept(int32_t listener) { return ANSWER_RETRY(accept4(listener, NULL, NULL, SOCK_CLOEXEC)); }

int64_t clinux_peer_uid(int32_t socket) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    int32_t answer = ANSWER(getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length));
    return answer < 0 ? answer : (int64_t)credentials.uid;
}

int64_t clinux_send(int32_t socket, const void *bytes, size_t count, const int32_t *fds, size_t fd_count,
                    int32_t blocking) {
    if (fd_count > MOST_DESCRIPTORS) return -E2BIG;
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    union {
        char room[CMSG_SPACE(sizeof(int32_t) * MOST_DESCRIPTORS)];
        struct cmsghdr alignment;
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > 0) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int32_t) * fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int32_t) * fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int32_t) * fd_count);
    }
    return ANSWER_RETRY(sendmsg(socket, &message, MSG_NOSIGNAL | (blocking ? 0 : MSG_DONTWAIT)));
}

static void take_descriptors(struct msghdr *message, int32_t *fds, size_t room, size_t *count) {
    *count = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t came = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int32_t);
        for (size_t i = 0; i < came; i++) {
            int32_t fd;
            memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
            if (*count < room) fds[(*count)++] = fd;
            else close(fd);
        }
    }
}

int32_t clinux_end_writing(int32_t fd) { return ANSWER(shutdown(fd, SHUT_WR)); }

int64_t clinux_receive(int32_t socket, void *bytes, size_t room, int32_t *fds, size_t *fd_count, int32_t blocking) {
    struct iovec part = {.iov_base = bytes, .iov_len = room};
    union {
        char room[CMSG_SPACE(sizeof(int32_t) * MOST_DESCRIPTORS)];
        struct cmsghdr alignment;
    } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    int64_t answer = ANSWER_RETRY(recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (blocking ? 0 : MSG_DONTWAIT)));
    if (answer < 0) {
        *fd_count = 0;
        return answer;
    }
    size_t descriptor_room = *fd_count;
    take_descriptors(&message, fds, descriptor_room, fd_count);
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (size_t i = 0; i < *fd_count; i++) close(fds[i]);
        *fd_count = 0;
        return -EMSGSIZE;
    }
    return answer;
}

_Static_assert(sizeof(struct clinux_ready) == sizeof(struct pollfd), "clinux_ready is pollfd by another name");
_Static_assert(offsetof(struct clinux_ready, ready) == offsetof(struct pollfd, revents), "clinux_ready is pollfd");

int32_t clinux_poll(struct clinux_ready *list, size_t count, int32_t timeout_ms) {
    int32_t answer = ANSWER(poll((struct pollfd *)list, count, timeout_ms));
    if (answer != -EINTR) return answer;
    for (size_t i = 0; i < count; i++) list[i].ready = 0;
    return 0;
}

int32_t clinux_reset_signals(void) {
    /* The kernel's struct sigaction, SIG_DFL all over: the library refuses the two signals it keeps for itself. */
    uint64_t action[4] = {0};
    /* SIGKILL and SIGSTOP refuse, as they should. */
    for (int signal = 1; signal < 65; signal++) syscall(SYS_rt_sigaction, signal, action, NULL, 8);
    sigset_t none;
    sigemptyset(&none);
    return ANSWER(sigprocmask(SIG_SETMASK, &none, NULL));
}

int32_t clinux_block_signals(int32_t all) {
    sigset_t set;
    if (all) sigfillset(&set);
    else sigemptyset(&set);
    return ANSWER(sigprocmask(SIG_SETMASK, &set, NULL));
}

int32_t clinux_default_signal(int32_t number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    return ANSWER(sigaction(number, &action, NULL));
}

int32_t clinux_wait_signal(void) {
    sigset_t set;
    sigfillset(&set);
    return ANSWER_RETRY(sigwaitinfo(&set, NULL));
}

int32_t clinux_ignore_signal(int32_t number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    return ANSWER(sigaction(number, &action, NULL));
}

int32_t clinux_set_nonblocking(int32_t fd, int32_t on) {
    int32_t flags = ANSWER(fcntl(fd, F_GETFL));
    if (flags < 0) return flags;
    return ANSWER(fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t clinux_monotonic_ns(void) { return now(CLOCK_MONOTONIC); }

int64_t clinux_realtime_ns(void) { return now(CLOCK_REALTIME); }
#endif
