// The system calls of the probe. They stand in C because Embedded Swift sees neither libc's variadic functions nor its
// macros (errno, WIFEXITED, SIG_IGN); every function is one call, or one call and its retry after EINTR.
#ifndef CPROBE_H
#define CPROBE_H

#include <stddef.h>
#include <stdint.h>

int cprobe_argument_count(void);
const char *cprobe_argument(int index);
// The environment's pair at that place, or NULL after the last.
const char *cprobe_environment(int index);
// CLOCK_MONOTONIC in nanoseconds, taken by a constructor before any other code of the program.
uint64_t cprobe_first_instruction(void);
uint64_t cprobe_monotonic(void);

// Results below 0 are negative error numbers.
long cprobe_write(int fd, const void *bytes, size_t count);
long cprobe_read(int fd, void *bytes, size_t count);
int cprobe_open_reading(const char *path);
int cprobe_open_writing(const char *path);
void cprobe_close(int fd);
void cprobe_exit(int code) __attribute__((noreturn));
const char *cprobe_error_text(int number);

uint32_t cprobe_identity(int which); // 0 uid, 1 gid, 2 euid, 3 egid, 4 pid, 5 ppid, 6 session, 7 process group
int cprobe_groups(uint32_t *groups, int maximum);
int cprobe_host_name(char *text, size_t count);
int cprobe_working_directory(char *text, size_t count);
long cprobe_read_link(const char *path, char *text, size_t count);
// A resource limit; UINT64_MAX is unlimited.
int cprobe_limit(int resource, uint64_t *soft, uint64_t *hard);

typedef struct {
    uint32_t mode, uid, gid;
    uint64_t size;
} cprobe_status_t;
int cprobe_status(const char *path, cprobe_status_t *status);
void *cprobe_directory_open(const char *path, int *error);
const char *cprobe_directory_next(void *directory);
void cprobe_directory_close(void *directory);

int cprobe_is_terminal(int fd);
int cprobe_window_size(int fd, uint16_t *rows, uint16_t *columns);

// Ends the program with 128 + signal on SIGINT, SIGTERM, SIGQUIT and SIGHUP, also where it is process 1.
void cprobe_end_on_signals(void);
void cprobe_signal_ignore(int number);
extern const int cprobe_broken_pipe; // SIGPIPE
// Blocks every signal but those set to be ignored or left alone; cprobe_signal_wait then takes them one by one.
void cprobe_signals_block(uint64_t left_alone);
// Lets them act as they were set to, those that came meanwhile first.
void cprobe_signals_release(void);
int cprobe_signal_wait(void);
int cprobe_signal_count(void);
// The name without SIG, "TERM", "RTMIN+3"; NULL where there is no such signal.
const char *cprobe_signal_name(int number);

void cprobe_sleep(uint64_t nanoseconds);
void cprobe_pause(void);

int cprobe_listen(uint16_t port, int datagram);
int cprobe_accept(int fd, char *peer, size_t count);
long cprobe_echo_datagram(int fd);
#endif
