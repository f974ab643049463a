#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* "/proc/self/fd/N/NAME": the way to a directory entry for the calls that have no *at form before Linux 6.13. */
static int32_t entry_path(char *buffer, size_t room, int32_t directory, const char *name) {
    int length = snprintf(buffer, room, "/proc/self/fd/%d/%s", directory, name);
    return length < 0 || (size_t)length >= room ? -ENAMETOOLONG : 0;
}

int32_t clinux_linkat(int32_t from_directory, const char *from, int32_t to_directory, const char *to) {
    return ANSWER(linkat(from_directory, from, to_directory, to, 0));
}

int32_t clinux_fchownat(int32_t directory, const char *name, uint32_t uid, uint32_t gid) {
    return ANSWER(fchownat(directory, name, uid, gid, AT_SYMLINK_NOFOLLOW));
}

int32_t clinux_utimensat(int32_t directory, const char *name, int64_t accessed_seconds, uint32_t accessed_nanoseconds,
                         int64_t modified_seconds, uint32_t modified_nanoseconds) {
    struct timespec times[2] = {
        {.tv_sec = accessed_seconds, .tv_nsec = accessed_nanoseconds},
        {.tv_sec = modified_seconds, .tv_nsec = modified_nanoseconds},
    };
    return ANSWER(utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW));
}

int32_t clinux_futimens(int32_t fd, int64_t accessed_seconds, uint32_t accessed_nanoseconds, int64_t modified_seconds,
                        uint32_t modified_nanoseconds) {
    struct timespec times[2] = {
        {.tv_sec = accessed_seconds, .tv_nsec = accessed_nanoseconds},
        {.tv_sec = modified_seconds, .tv_nsec = modified_nanoseconds},
    };
    return ANSWER(futimens(fd, times));
}

int32_t clinux_lsetxattrat(int32_t directory, const char *name, const char *attribute, const void *value, size_t size) {
    char path[512];
    int32_t answer = entry_path(path, sizeof path, directory, name);
    return answer < 0 ? answer : ANSWER(lsetxattr(path, attribute, value, size, 0));
}

int32_t clinux_fsetxattr(int32_t fd, const char *attribute, const void *value, size_t size) {
    return ANSWER(fsetxattr(fd, attribute, value, size, 0));
}

int64_t clinux_lgetxattrat(int32_t directory, const char *name, const char *attribute, void *value, size_t room) {
    char path[512];
    int32_t answer = entry_path(path, sizeof path, directory, name);
    return answer < 0 ? answer : ANSWER(lgetxattr(path, attribute, value, room));
}

int64_t clinux_fgetxattr(int32_t fd, const char *attribute, void *value, size_t room) {
    return ANSWER(fgetxattr(fd, attribute, value, room));
}

int64_t clinux_llistxattrat(int32_t directory, const char *name, char *names, size_t room) {
    char path[512];
    int32_t answer = entry_path(path, sizeof path, directory, name);
    return answer < 0 ? answer : ANSWER(llistxattr(path, names, room));
}

int32_t clinux_syncfs(int32_t fd) { return ANSWER(syncfs(fd)); }

int32_t clinux_fsync(int32_t fd) { return ANSWER_RETRY(fsync(fd)); }
#endif
