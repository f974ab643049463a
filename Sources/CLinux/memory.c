#ifdef __linux__
#define _GNU_SOURCE
#include "common.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>

/* Of one object: what is only read comes from its file again; relocations stand in segments that can be written. */
static int release_object(struct dl_phdr_info *object, size_t size, void *data) {
    (void)size;
    (void)data;
    const uintptr_t page = (uintptr_t)getpagesize();
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &object->dlpi_phdr[i];
        if (header->p_type != PT_LOAD || header->p_flags & PF_W) continue;
        const uintptr_t start = (object->dlpi_addr + header->p_vaddr) & ~(page - 1);
        const uintptr_t end = object->dlpi_addr + header->p_vaddr + header->p_memsz;
        if (madvise((void *)start, end - start, MADV_DONTNEED) < 0) return -errno;
    }
    return 0;
}

int32_t clinux_release_program_text(void) { return dl_iterate_phdr(release_object, NULL); }

int32_t clinux_limit_arenas(int32_t count) { return mallopt(M_ARENA_MAX, count) == 1 ? 0 : -EINVAL; }

int32_t clinux_give_back_memory(void) {
    malloc_trim(0);
    return clinux_release_program_text();
}
#endif
