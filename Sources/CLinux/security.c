#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int32_t clinux_sethostname(const char *name, size_t length) { return ANSWER(sethostname(name, length)); }

int32_t clinux_setdomainname(const char *name, size_t length) { return ANSWER(setdomainname(name, length)); }

int32_t clinux_setgroups(const uint32_t *groups, size_t count) { return ANSWER(setgroups(count, groups)); }

int32_t clinux_setresgid(uint32_t gid) { return ANSWER(setresgid(gid, gid, gid)); }

int32_t clinux_setresuid(uint32_t uid) { return ANSWER(setresuid(uid, uid, uid)); }

int32_t clinux_setrlimit(int32_t resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
    return ANSWER(setrlimit((__rlimit_resource_t)resource, &limit));
}

int32_t clinux_getrlimit(int32_t resource, uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    int32_t answer = ANSWER(getrlimit((__rlimit_resource_t)resource, &limit));
    if (answer < 0) return answer;
    *soft = limit.rlim_cur;
    *hard = limit.rlim_max;
    return 0;
}

int32_t clinux_no_new_privileges(void) { return ANSWER(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }

int32_t clinux_keep_capabilities(int32_t on) { return ANSWER(prctl(PR_SET_KEEPCAPS, on, 0, 0, 0)); }

int32_t clinux_seccomp_load(const void *instructions, uint16_t count, uint32_t flags) {
    _Static_assert(sizeof(struct sock_filter) == 8, "an instruction has 8 bytes");
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
    return (int32_t)ANSWER(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}
#endif
