/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"

/*
 * A temporary folder for a test, files in it, and a picture of it: every path with mode
 * and content, so that "nothing changed" is one comparison of texts.
 */
struct tree {
    char folder[64];
    struct arena arena; /* whatever the helpers return lives here */
};

static inline void tree_begin(struct tree *tree)
{
    memset(tree, 0, sizeof *tree);
    snprintf(tree->folder, sizeof tree->folder, "/tmp/mactl-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(tree->folder));
}

static inline int tree_remove_one(const char *path, const struct stat *about, int kind,
                                  struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline void tree_end(struct tree *tree)
{
    nftw(tree->folder, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(&tree->arena);
}

static inline const char *tree_path(struct tree *tree, const char *below)
{
    return arena_print(&tree->arena, "%s/%s", tree->folder, below);
}

/* Folders on the way are made. */
static inline const char *tree_file(struct tree *tree, const char *below,
                                    const char *content)
{
    char *path = arena_print(&tree->arena, "%s/%s", tree->folder, below);
    FILE *out;

    for (char *at = path + strlen(tree->folder) + 1; (at = strchr(at, '/')) != NULL;
         at++) {
        *at = '\0';
        mkdir(path, 0755);
        *at = '/';
    }
    out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(content, out);
    fclose(out);
    return path;
}

static inline const char *tree_read(struct tree *tree, const char *path)
{
    BUF_AUTO bytes = {0};
    FILE *in = fopen(path, "r");
    char block[4096];
    size_t n;

    ck_assert_msg(in != NULL, "%s is not there", path);
    while ((n = fread(block, 1, sizeof block, in)) > 0)
        buf_bytes(&bytes, block, n);
    fclose(in);
    return arena_textn(&tree->arena, bytes.at, bytes.length);
}

static inline void tree_draw(struct tree *tree, const char *path, const char *name,
                             struct buf *out)
{
    struct dirent **entries = NULL;
    struct stat about;
    int count;

    if (stat(path, &about) != 0)
        return;
    buf_print(out, "%s %o", name, (unsigned)about.st_mode);
    if (!S_ISDIR(about.st_mode)) {
        buf_print(out, "\n%s\n", tree_read(tree, path));
        return;
    }
    buf_text(out, "\n");
    count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0)
            tree_draw(tree, arena_print(&tree->arena, "%s/%s", path, entries[i]->d_name),
                      arena_print(&tree->arena, "%s/%s", name, entries[i]->d_name), out);
        free(entries[i]);
    }
    free(entries);
}

/* "" where there is nothing. */
static inline const char *tree_picture(struct tree *tree, const char *path)
{
    BUF_AUTO out = {0};

    tree_draw(tree, path, "", &out);
    return arena_textn(&tree->arena, out.at, out.length);
}

#endif
