/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin/plugin.h"

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <ltdl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/vec.h"

struct plugin {
    lt_dlhandle module;
    struct arena arena;
    const char *file;
    struct ma_plugin description;
    struct ma_agent agent;
    struct ma_rules rules;
    struct ma_audit audit;
};

enum { SIZE_LIMIT = 4096 }; /* no struct of the border will ever be longer */

/* --- where plugins are ------------------------------------------------------------- */

typedef VEC_OF(const char *) folders_vec;

static void add_path(struct arena *arena, folders_vec *all, const char *path)
{
    while (path != NULL && *path != '\0') {
        size_t length = strcspn(path, ":");

        if (length > 0)
            VEC_ADD(all, arena_textn(arena, path, length));
        path += length + (path[length] == ':');
    }
}

static void search_path(struct arena *arena, const char *const *folders, folders_vec *all)
{
    add_path(arena, all, getenv("MACTL_PLUGIN_PATH"));
    for (size_t i = 0; folders != NULL && folders[i] != NULL; i++)
        VEC_ADD(all, folders[i]);
}

static bool is_file(const char *name)
{
    size_t length = strlen(name);

    return strchr(name, '/') != NULL ||
           (length > 3 && strcmp(name + length - 3, ".so") == 0);
}

static const char *joined(struct arena *arena, const folders_vec *all)
{
    const char *text = "";

    for (size_t i = 0; i < all->count; i++)
        text = arena_print(arena, "%s%s%s", text, i == 0 ? "" : ", ", all->items[i]);
    return text[0] == '\0' ? "nowhere: no folder was given" : text;
}

static enum ma_status find(struct arena *arena, const char *name,
                           const char *const *folders, const char **out,
                           struct ma_error *err)
{
    folders_vec all = {0};
    enum ma_status status = MA_OK;

    *out = NULL;
    if (is_file(name))
        *out = access(name, F_OK) == 0 ? arena_text(arena, name) : NULL;
    if (*out == NULL && strchr(name, '/') == NULL) {
        search_path(arena, folders, &all);
        for (size_t i = 0; i < all.count && *out == NULL; i++) {
            const char *file = arena_print(arena, "%s/%s%s", all.items[i], name,
                                           is_file(name) ? "" : ".so");

            *out = access(file, F_OK) == 0 ? file : NULL;
        }
    }
    if (*out == NULL && strchr(name, '/') != NULL)
        status = ma_fail(err, MA_NOT_FOUND, "there is no plugin file '%s'", name);
    else if (*out == NULL)
        status = ma_fail(err, MA_NOT_FOUND, "there is no plugin '%s'; looked in %s", name,
                         joined(arena, &all));
    VEC_FREE(&all);
    return status;
}

/* --- whether a file can be loaded -------------------------------------------------- */

static ssize_t read_head(const char *file, void *head, size_t size, struct ma_error *err)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, head, size);

    if (got < 0)
        (void)ma_fail(err, MA_INVALID, "plugin '%s' cannot be read: %s", file,
                      strerror(errno));
    if (fd >= 0)
        close(fd);
    return got;
}

/* libltdl and the dynamic linker have many words for it; a look at the head has one. */
static enum ma_status check_elf(const char *file, struct ma_error *err)
{
    ElfW(Ehdr) head;
    ElfW(Ehdr) own = {0};
    ssize_t got = read_head(file, &head, sizeof head, err);

    if (got < 0)
        return err->status;
    if (got < (ssize_t)sizeof head || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
        return ma_fail(err, MA_INVALID,
                       "plugin '%s' is no shared library: wanted an ELF file, found "
                       "something else",
                       file);
    if (head.e_type != ET_DYN)
        return ma_fail(err, MA_INVALID,
                       "plugin '%s' is no shared library: wanted ELF type %d, found %d",
                       file, ET_DYN, head.e_type);
    if (read_head("/proc/self/exe", &own, sizeof own, err) == (ssize_t)sizeof own &&
        own.e_machine != head.e_machine)
        return ma_fail(err, MA_INVALID,
                       "plugin '%s' is built for another machine: wanted ELF machine %d, "
                       "found %d",
                       file, own.e_machine, head.e_machine);
    return MA_OK;
}

/* What the dynamic linker says, in words an operator understands. */
static const struct {
    const char *sign;
    const char *meaning;
} refusals[] = {
    {"undefined symbol", "it uses a symbol that nothing defines"},
    {"cannot open shared object file", "a library that it needs is missing"},
    {"version `", "a library that it needs is too old"},
    {"invalid ELF header", "it, or a library that it needs, is damaged"},
    {"file too short", "it, or a library that it needs, is damaged"},
};

static enum ma_status refused(const char *file, const char *reason, struct ma_error *err)
{
    const char *meaning = "the dynamic linker refuses it";

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (strstr(reason, refusals[i].sign) != NULL) {
            meaning = refusals[i].meaning;
            break;
        }
    return ma_fail(err, MA_INVALID, "plugin '%s' cannot be loaded: %s: %s", file, meaning,
                   reason);
}

/* libltdl binds lazily and calls everything that goes wrong "file not found". So the
 * dynamic linker is asked first: it binds every symbol now, whatever the plugin was
 * linked with, and it knows the cause. libltdl then gets the same, bound object. */
static enum ma_status open_module(struct plugin *plugin, struct ma_error *err)
{
    lt_dladvise advise = NULL;
    const char *path = strchr(plugin->file, '/') != NULL
                           ? plugin->file
                           : arena_print(&plugin->arena, "./%s", plugin->file);
    void *bound = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (bound == NULL)
        return refused(plugin->file, dlerror(), err);
    if (lt_dladvise_init(&advise) == 0 && lt_dladvise_local(&advise) == 0)
        plugin->module = lt_dlopenadvise(path, advise);
    lt_dladvise_destroy(&advise);
    if (plugin->module == NULL)
        (void)refused(plugin->file, lt_dlerror(), err);
    dlclose(bound);
    return plugin->module == NULL ? err->status : MA_OK;
}

/* --- what it describes ------------------------------------------------------------- */

/* As much of `from` as both know; the rest of `to` stays zero. */
static bool sized_copy(void *to, size_t known, const void *from, size_t given,
                       size_t least)
{
    if (given < least || given > SIZE_LIMIT)
        return false;
    memcpy(to, from, given < known ? given : known);
    return true;
}

static enum ma_status bad_size(const struct plugin *plugin, const char *what,
                               size_t wanted, size_t found, struct ma_error *err)
{
    return ma_fail(err, MA_INVALID,
                   "plugin '%s': %s says it is %zu bytes long: wanted %zu to %d",
                   plugin->file, what, found, wanted, SIZE_LIMIT);
}

#define UP_TO(type, member) (offsetof(type, member) + sizeof(((type *)NULL)->member))

static enum ma_status copy_agent(struct plugin *plugin, const struct ma_agent *given,
                                 struct ma_error *err)
{
    const size_t least = UP_TO(struct ma_agent, import_entries);
    struct ma_agent *agent = &plugin->agent;

    if (given == NULL)
        return MA_OK;
    if (!sized_copy(agent, sizeof *agent, given, given->size, least))
        return bad_size(plugin, "its agent", least, given->size, err);
    if (agent->open == NULL || agent->close == NULL)
        return ma_fail(err, MA_INVALID, "plugin '%s': its agent has no open or no close",
                       plugin->file);
    plugin->description.agent = agent;
    return MA_OK;
}

static enum ma_status copy_rules(struct plugin *plugin, const struct ma_rules *given,
                                 struct ma_error *err)
{
    const size_t least = UP_TO(struct ma_rules, flows);
    struct ma_rules *rules = &plugin->rules;

    if (given == NULL)
        return MA_OK;
    if (!sized_copy(rules, sizeof *rules, given, given->size, least))
        return bad_size(plugin, "its rules", least, given->size, err);
    if (rules->flows == NULL)
        return ma_fail(err, MA_INVALID, "plugin '%s': its rules have no flows",
                       plugin->file);
    plugin->description.rules = rules;
    return MA_OK;
}

static enum ma_status copy_audit(struct plugin *plugin, const struct ma_audit *given,
                                 struct ma_error *err)
{
    const size_t least = UP_TO(struct ma_audit, check);
    struct ma_audit *audit = &plugin->audit;

    if (given == NULL)
        return MA_OK;
    if (!sized_copy(audit, sizeof *audit, given, given->size, least))
        return bad_size(plugin, "its audit", least, given->size, err);
    if (audit->open == NULL || audit->close == NULL || audit->check == NULL)
        return ma_fail(err, MA_INVALID,
                       "plugin '%s': its audit lacks open, close or check", plugin->file);
    plugin->description.audit = audit;
    return MA_OK;
}

static enum ma_status copy_description(struct plugin *plugin,
                                       const struct ma_plugin *given,
                                       struct ma_error *err)
{
    const size_t least = UP_TO(struct ma_plugin, version);
    struct ma_plugin *own = &plugin->description;
    struct ma_plugin copy = {0};

    if (given == NULL)
        return ma_fail(err, MA_INVALID, "plugin '%s': ma_plugin_entry() gives nothing",
                       plugin->file);
    if (given->abi != MA_ABI)
        return ma_fail(err, MA_INVALID,
                       "plugin '%s' is built for another mactl: wanted plugin interface "
                       "%u, found %u",
                       plugin->file, MA_ABI, given->abi);
    if (!sized_copy(&copy, sizeof copy, given, given->size, least))
        return bad_size(plugin, "its description", least, given->size, err);
    if (copy.name == NULL || copy.name[0] == '\0')
        return ma_fail(err, MA_INVALID, "plugin '%s' does not say its name",
                       plugin->file);
    *own = copy;
    own->size = sizeof *own;
    own->version = copy.version == NULL ? "" : copy.version;
    own->agent = NULL;
    own->rules = NULL;
    own->audit = NULL;
    if (copy_agent(plugin, copy.agent, err) != MA_OK ||
        copy_rules(plugin, copy.rules, err) != MA_OK ||
        copy_audit(plugin, copy.audit, err) != MA_OK)
        return err->status;
    if (own->agent == NULL && own->rules == NULL && own->audit == NULL)
        return ma_fail(err, MA_INVALID,
                       "plugin '%s' is good for nothing: wanted an agent, rules or an "
                       "audit, found none",
                       plugin->file);
    return MA_OK;
}

static enum ma_status describe(struct plugin *plugin, struct ma_error *err)
{
    typedef const struct ma_plugin *entry_function(void);
    entry_function *entry = NULL;
    void *symbol = lt_dlsym(plugin->module, "ma_plugin_entry");

    if (symbol == NULL)
        return ma_fail(err, MA_INVALID,
                       "plugin '%s' is no mactl plugin: wanted the function "
                       "ma_plugin_entry, found none (is MA_PLUGIN() missing?)",
                       plugin->file);
    memcpy(&entry, &symbol, sizeof entry);
    return copy_description(plugin, entry(), err);
}

/* --- public ------------------------------------------------------------------------ */

static enum ma_status load(struct plugin *plugin, const char *name,
                           const char *const *folders, struct ma_error *err)
{
    if (find(&plugin->arena, name, folders, &plugin->file, err) != MA_OK ||
        check_elf(plugin->file, err) != MA_OK || open_module(plugin, err) != MA_OK)
        return err->status;
    return describe(plugin, err);
}

enum ma_status plugin_load(struct plugin **out, const char *name_or_path,
                           const char *const *folders, struct ma_error *err)
{
    struct plugin *plugin;

    if (lt_dlinit() != 0)
        return ma_fail(err, MA_BROKEN, "no plugin can be loaded: %s", lt_dlerror());
    plugin = mem_zero(sizeof *plugin);
    if (load(plugin, name_or_path, folders, err) != MA_OK) {
        plugin_unload(plugin);
        return err->status;
    }
    *out = plugin;
    return MA_OK;
}

const struct ma_plugin *plugin_description(const struct plugin *plugin)
{
    return &plugin->description;
}

const char *plugin_file(const struct plugin *plugin)
{
    return plugin->file;
}

const struct ma_flow *plugin_flow(const struct plugin *plugin, const char *name)
{
    if (plugin->description.rules == NULL)
        return NULL;
    for (const struct ma_flow *flow = plugin->rules.flows; flow->name != NULL; flow++)
        if (strcasecmp(flow->name, name) == 0)
            return flow;
    return NULL;
}

void plugin_unload(struct plugin *plugin)
{
    if (plugin == NULL)
        return;
    if (plugin->module != NULL)
        lt_dlclose(plugin->module);
    arena_free(&plugin->arena);
    free(plugin);
    lt_dlexit();
}

/* Beside the program that runs, wherever its tree was moved to; else where it was meant
 * to be. */
static const char *installed_folder(struct arena *arena)
{
    char program[PATH_MAX];
    char folder[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    const char *beside;

    if (length <= 0)
        return MACTL_PLUGIN_DIR;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    beside = arena_print(arena, "%s/%s", program, MACTL_PLUGIN_FROM_BIN);
    return realpath(beside, folder) == NULL ? MACTL_PLUGIN_DIR
                                            : arena_text(arena, folder);
}

const char *const *plugin_folders(struct arena *arena, const char *instance)
{
    const char **folders = ARENA_ARRAY(arena, const char *, 3);
    size_t count = 0;

    if (instance != NULL)
        folders[count++] = arena_print(arena, "%s/plugins", instance);
    folders[count] = installed_folder(arena);
    return folders;
}

/* --- the list ---------------------------------------------------------------------- */

typedef VEC_OF(struct plugin_found) found_vec;

static const char *stem(struct arena *arena, const char *file)
{
    const char *name = strrchr(file, '/');

    name = name == NULL ? file : name + 1;
    return arena_textn(arena, name, strlen(name) - strlen(".so"));
}

static const char *roles_of(struct arena *arena, const struct ma_plugin *plugin)
{
    const char *text = arena_print(arena, "%s%s%s", plugin->agent == NULL ? "" : ",agent",
                                   plugin->rules == NULL ? "" : ",rules",
                                   plugin->audit == NULL ? "" : ",audit");

    return text + 1;
}

static bool already(const found_vec *found, struct arena *arena, const char *file)
{
    const char *own = stem(arena, file);

    for (size_t i = 0; i < found->count; i++)
        if (strcmp(stem(arena, found->items[i].file), own) == 0)
            return true;
    return false;
}

static void inspect(struct arena *arena, const char *file, found_vec *all)
{
    struct plugin_found found = {.file = file, .name = stem(arena, file), .roles = ""};
    struct plugin *plugin = NULL;
    struct ma_error err = {0};

    found.hidden = already(all, arena, file);
    if (plugin_load(&plugin, file, NULL, &err) == MA_OK) {
        found.name = arena_text(arena, plugin->description.name);
        found.version = arena_text(arena, plugin->description.version);
        found.roles = roles_of(arena, &plugin->description);
    } else {
        found.refusal = arena_text(arena, err.text);
    }
    plugin_unload(plugin);
    VEC_ADD(all, found);
}

static int is_plugin_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 3 && strcmp(entry->d_name + length - 3, ".so") == 0;
}

static void list_folder(struct arena *arena, const char *folder, found_vec *all)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_plugin_file, alphasort);

    for (int i = 0; i < count; i++) {
        inspect(arena, arena_print(arena, "%s/%s", folder, entries[i]->d_name), all);
        free(entries[i]);
    }
    free(entries);
}

size_t plugin_list(struct arena *arena, const char *const *folders,
                   const struct plugin_found **out)
{
    folders_vec path = {0};
    found_vec all = {0};
    size_t count;

    search_path(arena, folders, &path);
    for (size_t i = 0; i < path.count; i++)
        list_folder(arena, path.items[i], &all);
    count = all.count;
    *out = arena_copy(arena, all.items == NULL ? (const void *)"" : all.items,
                      count * sizeof *all.items);
    VEC_FREE(&path);
    VEC_FREE(&all);
    return count;
}
