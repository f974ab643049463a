#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

int32_t clinux_openat2(int32_t directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = flags | O_CLOEXEC;
    how.mode = mode;
    how.resolve = resolve;
    /* Below a root, a rename or mount anywhere on the machine has the kernel give ".." up with EAGAIN, to be tried again. */
    const int tries = resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT) ? 128 : 1;
    int32_t answer = -EAGAIN;
    for (int i = 0; answer == -EAGAIN && i < tries; i++) {
        answer = (int32_t)ANSWER_RETRY(syscall(SYS_openat2, directory, path, &how, sizeof how));
    }
    return answer;
}

int32_t clinux_close(int32_t fd) {
    /* Linux has freed the descriptor even where it answers EINTR, so a retry could close another one. */
    return ANSWER(close(fd));
}

int32_t clinux_close_range(uint32_t first, uint32_t last, int32_t only_mark_cloexec) {
    unsigned flags = only_mark_cloexec ? 1u << 2 /* CLOSE_RANGE_CLOEXEC */ : 0;
    return (int32_t)ANSWER(syscall(SYS_close_range, first, last, flags));
}

int32_t clinux_dup2(int32_t from, int32_t to) { return ANSWER_RETRY(dup2(from, to)); }

int32_t clinux_pipe(int32_t fds[2]) { return ANSWER(pipe2(fds, O_CLOEXEC)); }

int64_t clinux_read(int32_t fd, void *bytes, size_t count) { return ANSWER_RETRY(read(fd, bytes, count)); }

int64_t clinux_write(int32_t fd, const void *bytes, size_t count) { return ANSWER_RETRY(write(fd, bytes, count)); }

int32_t clinux_pipe_grow(int32_t fd, int32_t size) { return ANSWER(fcntl(fd, F_SETPIPE_SZ, size)); }

size_t clinux_find_byte(const void *bytes, size_t count, uint8_t byte) {
    const uint8_t *found = count ? memchr(bytes, byte, count) : NULL;
    return found ? (size_t)(found - (const uint8_t *)bytes) : count;
}

size_t clinux_find_last_byte(const void *bytes, size_t count, uint8_t byte) {
    const uint8_t *found = count ? memrchr(bytes, byte, count) : NULL;
    return found ? (size_t)(found - (const uint8_t *)bytes) : count;
}

int64_t clinux_pread(int32_t fd, void *bytes, size_t count, int64_t offset) {
    return ANSWER_RETRY(pread(fd, bytes, count, offset));
}

int32_t clinux_mkdirat(int32_t directory, const char *path, uint32_t mode) {
    return ANSWER(mkdirat(directory, path, mode));
}

int32_t clinux_mknodat(int32_t directory, const char *path, uint32_t mode, uint32_t major, uint32_t minor) {
    return ANSWER(mknodat(directory, path, mode, makedev(major, minor)));
}

int32_t clinux_symlinkat(const char *target, int32_t directory, const char *path) {
    return ANSWER(symlinkat(target, directory, path));
}

int32_t clinux_renameat(int32_t from_directory, const char *from, int32_t to_directory, const char *to) {
    return ANSWER(renameat(from_directory, from, to_directory, to));
}

int32_t clinux_unlinkat(int32_t directory, const char *path, int32_t is_directory) {
    return ANSWER(unlinkat(directory, path, is_directory ? AT_REMOVEDIR : 0));
}

int32_t clinux_fchown(int32_t fd, uint32_t uid, uint32_t gid) { return ANSWER(fchown(fd, uid, gid)); }

int32_t clinux_fchmod(int32_t fd, uint32_t mode) { return ANSWER(fchmod(fd, mode)); }

int32_t clinux_fchmodat(int32_t directory, const char *path, uint32_t mode) {
    return ANSWER(fchmodat(directory, path, mode, 0));
}

int32_t clinux_fchdir(int32_t fd) { return ANSWER(fchdir(fd)); }

int32_t clinux_chdir(const char *path) { return ANSWER(chdir(path)); }

int32_t clinux_umask(uint32_t mask) { return (int32_t)umask(mask); }

int32_t clinux_getcwd(char *buffer, size_t size) {
    /* The system call, not the library: glibc hides the "(unreachable)" prefix that tells of a directory outside the
     * root (CVE-2024-21626). */
    long length = syscall(SYS_getcwd, buffer, size);
    return length < 0 ? -errno : (int32_t)length - 1;
}

int32_t clinux_fdatasync(int32_t fd) { return ANSWER_RETRY(fdatasync(fd)); }

int32_t clinux_ftruncate(int32_t fd, int64_t length) { return ANSWER_RETRY(ftruncate(fd, length)); }

int32_t clinux_try_lock(int32_t fd) { return ANSWER_RETRY(flock(fd, LOCK_EX | LOCK_NB)); }

int32_t clinux_unlock(int32_t fd) { return ANSWER_RETRY(flock(fd, LOCK_UN)); }

int64_t clinux_directory_entries(int32_t fd, void *records, size_t room) {
    return ANSWER(syscall(SYS_getdents64, fd, records, room));
}

int64_t clinux_readlinkat(int32_t directory, const char *path, char *buffer, size_t size) {
    return ANSWER(readlinkat(directory, path, buffer, size));
}

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#define MFD_EXEC 0x0010U
#endif

int32_t clinux_memfd(const char *name, int32_t executable) {
    unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    int32_t answer = ANSWER(memfd_create(name, flags | (executable ? MFD_EXEC : MFD_NOEXEC_SEAL)));
    /* Before Linux 6.3 the two are unknown, and every memfd is executable. */
    return answer == -EINVAL ? ANSWER(memfd_create(name, flags)) : answer;
}

int32_t clinux_memfd_seal(int32_t fd) {
    return ANSWER(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
}

const void *clinux_map_read_only(int32_t fd, size_t length) {
    void *address = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
    return address == MAP_FAILED ? NULL : address;
}

void *clinux_map_shared(size_t length) {
    void *address = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return address == MAP_FAILED ? NULL : address;
}

int32_t clinux_fstatat(int32_t directory, const char *path, int32_t follow, struct clinux_stat *result) {
    struct stat status;
    int flags = (*path ? 0 : AT_EMPTY_PATH) | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
    int32_t answer = ANSWER(fstatat(directory, path, &status, flags));
    if (answer < 0) return answer;
    *result = (struct clinux_stat){
        .device = status.st_dev,
        .inode = status.st_ino,
        .size = (uint64_t)status.st_size,
        .mode = status.st_mode,
        .uid = status.st_uid,
        .gid = status.st_gid,
        .device_major = major(status.st_rdev),
        .device_minor = minor(status.st_rdev),
        .modified_seconds = status.st_mtim.tv_sec,
        .modified_nanoseconds = (uint32_t)status.st_mtim.tv_nsec,
        .links = (uint32_t)status.st_nlink,
        .changed_seconds = status.st_ctim.tv_sec,
        .changed_nanoseconds = (uint32_t)status.st_ctim.tv_nsec,
    };
    return 0;
}

int64_t clinux_filesystem_magic(int32_t fd) {
    struct statfs status;
    int32_t answer = ANSWER_RETRY(fstatfs(fd, &status));
    return answer < 0 ? answer : (int64_t)status.f_type;
}

int32_t clinux_scatter_folders(int32_t folder) {
    int flags = 0;
    int32_t answer = ANSWER(ioctl(folder, FS_IOC_GETFLAGS, &flags));
    if (answer < 0 || flags & FS_TOPDIR_FL) return answer;
    flags |= FS_TOPDIR_FL;
    return ANSWER(ioctl(folder, FS_IOC_SETFLAGS, &flags));
}
#endif
