/* SPDX-License-Identifier: Apache-2.0 */
#include "base/build.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <unistring/version.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "base/buf.h"

static const char *libc_version(void)
{
#ifdef __GLIBC__
    return gnu_get_libc_version();
#else
    return "";
#endif
}

/* A note: its head, the owner's name and what it says, both filled up to four bytes. */
static size_t filled(size_t length)
{
    return (length + 3) & ~(size_t)3;
}

static void take_build_id(const char *at, size_t length, struct buf *out)
{
    ElfW(Nhdr) head;

    while (length >= sizeof head) {
        size_t size;
        const char *name = at + sizeof head;

        memcpy(&head, at, sizeof head);
        size = sizeof head + filled(head.n_namesz) + filled(head.n_descsz);
        if (size > length)
            return;
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0)
            buf_bytes(out, name + filled(head.n_namesz), head.n_descsz);
        at += size;
        length -= size;
    }
}

/* Called for the program first; what else is loaded does not count. */
static int look_at_program(struct dl_phdr_info *info, size_t size, void *out)
{
    (void)size;
    for (ElfW(Half) i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_NOTE)
            take_build_id((const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr),
                          info->dlpi_phdr[i].p_memsz, out);
    return 1;
}

bool build_digest(struct digest *out)
{
    BUF_AUTO bytes = {0};
    bool found;

    dl_iterate_phdr(look_at_program, &bytes);
    found = bytes.length > 0;
    buf_print(&bytes, " %s %d", libc_version(), _libunistring_version);
    *out = digest_of(buf_view(&bytes), 0);
    return found;
}
