#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <linux/bpf.h>
#include <string.h>

int32_t clinux_bpf_load_device_program(const void *instructions, uint32_t count, char *log, uint32_t log_size) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = (uint64_t)(uintptr_t)instructions;
    attributes.insn_cnt = count;
    attributes.license = (uint64_t)(uintptr_t) "Apache-2.0";
    if (log_size > 0) {
        attributes.log_buf = (uint64_t)(uintptr_t)log;
        attributes.log_size = log_size;
        attributes.log_level = 1;
    }
    return (int32_t)ANSWER(syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes));
}

int32_t clinux_bpf_attach_device_program(int32_t cgroup, int32_t program) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)cgroup;
    attributes.attach_bpf_fd = (uint32_t)program;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    return (int32_t)ANSWER(syscall(SYS_bpf, BPF_PROG_ATTACH, &attributes, sizeof attributes));
}
#endif
