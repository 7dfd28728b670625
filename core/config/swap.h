/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_SWAP_H
#define CONFIG_SWAP_H

#include <mactl/ma.h>

/*
 * How config/ of an instance is replaced as a whole. The new one is built and checked as
 * config.new and then takes the place of config, which is config.old for a moment:
 *
 *   config.new is there, config too              not decided: config.new is dropped
 *   config.new and config.old, no config         decided: config.new becomes config
 *   config.old and config                        done: config.old is dropped
 *
 * Whoever opens the instance brings that to its end after a kill. A lock of the kernel on
 * the folder keeps an import from others and from those who read config/ file by file.
 */
struct swap_lock {
    int fd; /* of the folder; -1: nothing is locked */
};

enum swap_use { SWAP_READ, SWAP_WRITE };

/* Waits for whoever has it. Recovers first where that is needed. MA_NOT_FOUND: there is
 * no such folder; MA_DENIED: it cannot be locked. Then nothing is. */
enum ma_status swap_begin(struct swap_lock *lock, const char *folder, enum swap_use use,
                          struct ma_error *err);
void swap_end(struct swap_lock *lock);

/* config.new, checked and on disk, becomes config. Under SWAP_WRITE. A failure leaves one
 * of the states above. */
enum ma_status swap_in(const char *folder, struct ma_error *err);
/* Brings what a kill left to its end; without one, it is two looks at the folder. */
enum ma_status swap_recover(const char *folder, struct ma_error *err);

#endif
