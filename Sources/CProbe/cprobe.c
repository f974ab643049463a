#include "cprobe.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int argument_count;
static char **arguments;
static uint64_t first_instruction;

uint64_t cprobe_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// glibc hands constructors the arguments of main.
__attribute__((constructor(101))) static void remember(int count, char **words) {
    first_instruction = cprobe_monotonic();
    argument_count = count;
    arguments = words;
}

int cprobe_argument_count(void) { return argument_count; }
const char *cprobe_argument(int index) { return arguments[index]; }
const char *cprobe_environment(int index) { return environ[index]; }
uint64_t cprobe_first_instruction(void) { return first_instruction; }

long cprobe_write(int fd, const void *bytes, size_t count) {
    ssize_t result;
    do result = write(fd, bytes, count); while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

long cprobe_read(int fd, void *bytes, size_t count) {
    ssize_t result;
    do result = read(fd, bytes, count); while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

int cprobe_open_reading(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int cprobe_open_writing(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return fd < 0 ? -errno : fd;
}

void cprobe_close(int fd) { close(fd); }
void cprobe_exit(int code) { _exit(code); }
const char *cprobe_error_text(int number) { return strerror(number); }

uint32_t cprobe_identity(int which) {
    switch (which) {
    case 0: return getuid();
    case 1: return getgid();
    case 2: return geteuid();
    case 3: return getegid();
    case 4: return (uint32_t)getpid();
    case 5: return (uint32_t)getppid();
    case 6: return (uint32_t)getsid(0);
    default: return (uint32_t)getpgrp();
    }
}

int cprobe_groups(uint32_t *groups, int maximum) {
    int count = getgroups(maximum, groups);
    return count < 0 ? -errno : count;
}

int cprobe_host_name(char *text, size_t count) { return gethostname(text, count) < 0 ? -errno : 0; }
int cprobe_working_directory(char *text, size_t count) { return getcwd(text, count) == NULL ? -errno : 0; }

long cprobe_read_link(const char *path, char *text, size_t count) {
    ssize_t result = readlink(path, text, count);
    return result < 0 ? -errno : result;
}

int cprobe_limit(int resource, uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0) return -errno;
    *soft = limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
    *hard = limit.rlim_max == RLIM_INFINITY ? UINT64_MAX : limit.rlim_max;
    return 0;
}

int cprobe_status(const char *path, cprobe_status_t *status) {
    struct stat found;
    if (lstat(path, &found) < 0) return -errno;
    status->mode = found.st_mode;
    status->uid = found.st_uid;
    status->gid = found.st_gid;
    status->size = (uint64_t)found.st_size;
    return 0;
}

void *cprobe_directory_open(const char *path, int *error) {
    DIR *directory = opendir(path);
    *error = directory == NULL ? errno : 0;
    return directory;
}

const char *cprobe_directory_next(void *directory) {
    struct dirent *entry = readdir(directory);
    return entry == NULL ? NULL : entry->d_name;
}

void cprobe_directory_close(void *directory) { closedir(directory); }

int cprobe_is_terminal(int fd) { return isatty(fd); }

int cprobe_window_size(int fd, uint16_t *rows, uint16_t *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -errno;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

static void end(int number) { _exit(128 + number); }

void cprobe_end_on_signals(void) {
    const int numbers[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) {
        struct sigaction action = {.sa_handler = end};
        sigaction(numbers[index], &action, NULL);
    }
}

const int cprobe_broken_pipe = SIGPIPE;

void cprobe_signal_ignore(int number) {
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigaction(number, &action, NULL);
}

static sigset_t awaited;

void cprobe_signals_block(uint64_t left_alone) {
    sigfillset(&awaited);
    for (int number = 1; number < 64; number++)
        if (left_alone >> number & 1) sigdelset(&awaited, number);
    sigprocmask(SIG_BLOCK, &awaited, NULL);
}

void cprobe_signals_release(void) { sigprocmask(SIG_UNBLOCK, &awaited, NULL); }

int cprobe_signal_wait(void) {
    int number;
    do number = sigwaitinfo(&awaited, NULL); while (number < 0 && errno == EINTR);
    return number;
}

int cprobe_signal_count(void) { return SIGRTMAX + 1; }

const char *cprobe_signal_name(int number) {
    static char text[16];
    if (number >= SIGRTMIN && number <= SIGRTMAX) {
        snprintf(text, sizeof text, number == SIGRTMIN ? "RTMIN" : "RTMIN+%d", number - SIGRTMIN);
        return text;
    }
    return sigabbrev_np(number);
}

void cprobe_sleep(uint64_t nanoseconds) {
    struct timespec rest = {.tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) == EINTR) {}
}

void cprobe_pause(void) { pause(); }

int cprobe_listen(uint16_t port, int datagram) {
    const int type = (datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC;
    const int on = 1, off = 0;
    int result = -1;
    int fd = socket(AF_INET6, type, 0);
    if (fd >= 0) {
        struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_any};
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        result = bind(fd, (struct sockaddr *)&address, sizeof address);
    }
    if (result < 0) { // Hosts without IPv6.
        if (fd >= 0) close(fd);
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
        fd = socket(AF_INET, type, 0);
        if (fd < 0) return -errno;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        result = bind(fd, (struct sockaddr *)&address, sizeof address);
    }
    if (result == 0 && !datagram) result = listen(fd, 16);
    if (result < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int cprobe_accept(int fd, char *peer, size_t count) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int accepted;
    do accepted = accept4(fd, (struct sockaddr *)&address, &length, SOCK_CLOEXEC); while (accepted < 0 && errno == EINTR);
    if (accepted < 0) return -errno;
    const void *place = address.ss_family == AF_INET6 ? (const void *)&((struct sockaddr_in6 *)&address)->sin6_addr
                                                      : (const void *)&((struct sockaddr_in *)&address)->sin_addr;
    if (inet_ntop(address.ss_family, place, peer, (socklen_t)count) == NULL) peer[0] = 0;
    // A client that sends nothing must not hold the one thread for good.
    const struct timeval patience = {.tv_sec = 5};
    setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(accepted, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return accepted;
}

long cprobe_echo_datagram(int fd) {
    static char bytes[65536];
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    ssize_t count = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&address, &length);
    if (count < 0) return -errno;
    count = sendto(fd, bytes, (size_t)count, 0, (struct sockaddr *)&address, length);
    return count < 0 ? -errno : count;
}
