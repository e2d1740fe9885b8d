/* Fails, or kills the process, at the Nth call that changes a file below a folder. Loaded before the C library:
   cc -shared -fPIC -o shim.so shim.c -ldl; LD_PRELOAD=shim.so. Nothing is counted until arm() is called. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { FAIL = 0, KILL_BEFORE = 1, KILL_AFTER = 2 };

static char root[4096];
static int nth, code, sticky, way, with_reads, without_exchange, seen, armed;
static char ours[4096];
static char trace[65536];

void arm(const char *folder, int n, int error, int stays, int how, int reads, int no_exchange) {
    strncpy(root, folder, sizeof root - 1);
    nth = n, code = error, sticky = stays, way = how, with_reads = reads, without_exchange = no_exchange;
    seen = 0, armed = 1, trace[0] = 0;
    memset(ours, 0, sizeof ours);
}

int calls(void) { return seen; }
const char *log_of_calls(void) { return trace; }

static int below(const char *path) { return armed && path && strstr(path, root) == path; }
static int below_fd(int fd) { return armed && fd >= 0 && fd < (int)sizeof ours && ours[fd]; }

/* Whether this call fails. */
static int struck(const char *name) {
    seen++;
    strncat(trace, name, sizeof trace - strlen(trace) - 2);
    strcat(trace, " ");
    if (!(seen == nth || (sticky && way == FAIL && seen > nth))) return 0;
    if (way == KILL_BEFORE) kill(getpid(), SIGKILL);
    if (way == KILL_AFTER) return 0;
    errno = code;
    return 1;
}

static void struck_after(void) {
    if (way == KILL_AFTER && seen == nth) kill(getpid(), SIGKILL);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRAP(type, name, parameters, arguments, condition)  \
    type name parameters {                                  \
        static __typeof__(&name) real;                      \
        if (!real) real = REAL(name);                       \
        if (!(condition)) return real arguments;            \
        if (struck(#name)) return -1;                       \
        type result = real arguments;                       \
        struck_after();                                     \
        return result;                                      \
    }

static int opened(const char *name, int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    int here = below(path), counted = here && ((flags & (O_CREAT | O_WRONLY | O_RDWR | O_TRUNC)) || with_reads);
    if (counted && struck(name)) return -1;
    int fd = real(path, flags, mode);
    if (fd >= 0 && fd < (int)sizeof ours) ours[fd] = here;
    if (counted) struck_after();
    return fd;
}

#define OPEN(name)                                                     \
    int name(const char *path, int flags, ...) {                       \
        static int (*real)(const char *, int, ...);                    \
        if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
        va_list rest;                                                  \
        va_start(rest, flags);                                         \
        mode_t mode = va_arg(rest, mode_t);                            \
        va_end(rest);                                                  \
        return opened("open", real, path, flags, mode);                \
    }

OPEN(open)
OPEN(open64)

int close(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "close");
    if (fd >= 0 && fd < (int)sizeof ours) ours[fd] = 0;
    return real(fd);
}

/* A disk that is full takes part of what it is given. */
ssize_t write(int fd, const void *data, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (!below_fd(fd)) return real(fd, data, size);
    if (struck("write")) {
        int error = errno;
        if (size > 1) real(fd, data, size / 2);
        errno = error;
        return -1;
    }
    if (way == KILL_AFTER && seen == nth) {
        real(fd, data, size / 2);
        kill(getpid(), SIGKILL);
    }
    return real(fd, data, size);
}

ssize_t read(int fd, void *data, size_t size) {
    static ssize_t (*real)(int, void *, size_t);
    if (!real) real = (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    if (with_reads && below_fd(fd) && struck("read")) return -1;
    return real(fd, data, size);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    static int (*real)(int, const char *, int, const char *, unsigned);
    if (!real) real = (int (*)(int, const char *, int, const char *, unsigned))dlsym(RTLD_NEXT, "renameat2");
    if (below(old) && without_exchange) {
        errno = EINVAL;
        return -1;
    }
    if (below(old) && struck("exchange")) return -1;
    int result = real(from, old, to, new, flags);
    if (below(old)) struck_after();
    return result;
}

WRAP(int, fsync, (int fd), (fd), below_fd(fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size), below_fd(fd))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), below_fd(fd))
WRAP(int, rename, (const char *old, const char *new), (old, new), below(old))
WRAP(int, unlink, (const char *path), (path), below(path))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), below(path))
WRAP(int, chmod, (const char *path, mode_t mode), (path, mode), below(path))
WRAP(int, chown, (const char *path, uid_t user, gid_t group), (path, user, group), below(path))
WRAP(int, setxattr, (const char *path, const char *name, const void *value, size_t size, int flags),
     (path, name, value, size, flags), below(path))
WRAP(int, utimensat, (int at, const char *path, const struct timespec times[2], int flags), (at, path, times, flags),
     below(path))
