#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <link.h>
#include <malloc.h>
#include <sys/auxv.h>
#include <sys/mman.h>

int32_t clinux_release_program_text(void) {
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    const size_t count = getauxval(AT_PHNUM);
    const uintptr_t page = (uintptr_t)getpagesize();
    uintptr_t base = 0;
    for (size_t i = 0; i < count; i++)
        if (headers[i].p_type == PT_PHDR) base = (uintptr_t)headers - headers[i].p_vaddr;
    for (size_t i = 0; i < count; i++) {
        if (headers[i].p_type != PT_LOAD || !(headers[i].p_flags & PF_X) || headers[i].p_flags & PF_W) continue;
        const uintptr_t start = (base + headers[i].p_vaddr) & ~(page - 1);
        const uintptr_t end = base + headers[i].p_vaddr + headers[i].p_memsz;
        if (madvise((void *)start, end - start, MADV_DONTNEED) < 0) return -errno;
    }
    return 0;
}

int32_t clinux_give_back_memory(void) {
    malloc_trim(0);
    return clinux_release_program_text();
}
#endif
