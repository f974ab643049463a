#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

int32_t clinux_unshare(uint64_t flags) { return ANSWER(unshare((int)flags)); }

int32_t clinux_setns(int32_t fd, uint64_t types) { return ANSWER(setns(fd, (int)types)); }

int32_t clinux_pivot_root(const char *new_root, const char *put_old) {
    return (int32_t)ANSWER(syscall(SYS_pivot_root, new_root, put_old));
}

int32_t clinux_mount(const char *source, const char *target, const char *type, uint64_t flags, const char *data) {
    return ANSWER(mount(source, target, type, flags, data));
}

int32_t clinux_umount(const char *target, int32_t flags) { return ANSWER(umount2(target, flags)); }

int32_t clinux_fsopen(const char *type) { return (int32_t)ANSWER(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC)); }

static int32_t configure(int32_t fs, uint32_t command, const char *key, const void *value, int32_t extra) {
    return (int32_t)ANSWER(syscall(SYS_fsconfig, fs, command, key, value, extra));
}

int32_t clinux_fsconfig_string(int32_t fs, const char *key, const char *value) {
    return configure(fs, FSCONFIG_SET_STRING, key, value, 0);
}

int32_t clinux_fsconfig_flag(int32_t fs, const char *key) { return configure(fs, FSCONFIG_SET_FLAG, key, NULL, 0); }

int32_t clinux_fsconfig_fd(int32_t fs, const char *key, int32_t fd) {
    return configure(fs, FSCONFIG_SET_FD, key, NULL, fd);
}

int32_t clinux_fsconfig_create(int32_t fs) { return configure(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0); }

int32_t clinux_fsmount(int32_t fs, uint32_t attributes) {
    return (int32_t)ANSWER(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes));
}

int32_t clinux_move_mount(int32_t mount_fd, int32_t target_fd, const char *target_path) {
    unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | (*target_path ? 0 : MOVE_MOUNT_T_EMPTY_PATH);
    return (int32_t)ANSWER(syscall(SYS_move_mount, mount_fd, "", target_fd, target_path, flags));
}

int32_t clinux_open_tree(int32_t directory, const char *path, int32_t clone, int32_t recursive) {
    unsigned flags = OPEN_TREE_CLOEXEC | (clone ? OPEN_TREE_CLONE : 0) | (recursive ? AT_RECURSIVE : 0)
                     | (*path ? 0 : AT_EMPTY_PATH);
    return (int32_t)ANSWER(syscall(SYS_open_tree, directory, path, flags));
}

int32_t clinux_mount_setattr(int32_t fd, int32_t recursive, uint64_t set, uint64_t clear, uint64_t propagation) {
    struct mount_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.attr_set = set;
    attributes.attr_clr = clear;
    attributes.propagation = propagation;
    unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    return (int32_t)ANSWER(syscall(SYS_mount_setattr, fd, "", flags, &attributes, sizeof attributes));
}
#endif
