// A disk that fails on demand, for one process: loaded before the C library (LD_PRELOAD), it stands in for the calls that
// write. The file named by ROSTER_FAULTS says what fails now, in files under the folder named by ROSTER_FAULTS_FOLDER.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum call { OPEN, WRITE, SYNC };

// Whether a path is in the folder that fails.
static int is_inside(const char *path) {
    const char *folder = getenv("ROSTER_FAULTS_FOLDER");
    return folder && strncmp(path, folder, strlen(folder)) == 0 && path[strlen(folder)] == '/';
}

// The error that a call on a path meets now; 0 for none.
static int fault(enum call call, const char *path) {
    const char *control = getenv("ROSTER_FAULTS");
    char word[16] = {0};
    if (!control || !is_inside(path)) return 0;
    int fd = syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    long length = syscall(SYS_read, fd, word, sizeof word - 1);
    syscall(SYS_close, fd);
    if (length <= 0) return 0;
    if (!strcmp(word, "full")) return call == WRITE ? ENOSPC : 0;
    if (!strcmp(word, "write")) return call == WRITE ? EIO : 0;
    if (!strcmp(word, "sync")) return call == SYNC ? EIO : 0;
    if (!strcmp(word, "read-only")) return call == SYNC ? 0 : EROFS;
    // A kill in the middle of a copy.
    if (!strcmp(word, "kill") && call == WRITE && strstr(path, ".partial")) kill(getpid(), SIGKILL);
    return 0;
}

// The path of an open file.
static const char *path_of(int fd, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, size - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

static int fault_of(enum call call, int fd) {
    char path[4096];
    int before = errno;
    int found = fault(call, path_of(fd, path, sizeof path));
    errno = found ? found : before;
    return found;
}

// Copies what was brought to the disk into the folder named by ROSTER_DURABLE: all that a power cut leaves.
static int keep(int fd, int result) {
    const char *durable = getenv("ROSTER_DURABLE");
    char path[4096], last[8200], next[8300], bytes[65536];
    int before = errno;
    if (result || !durable || !is_inside(path_of(fd, path, sizeof path))) return result;
    snprintf(last, sizeof last, "%s%s", durable, strrchr(path, '/'));
    snprintf(next, sizeof next, "%s.next", last);
    int copy = syscall(SYS_openat, AT_FDCWD, next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    long length, at = 0;
    while ((length = syscall(SYS_pread64, fd, bytes, sizeof bytes, at)) > 0) {
        syscall(SYS_write, copy, bytes, length);
        at += length;
    }
    syscall(SYS_close, copy);
    syscall(SYS_renameat2, AT_FDCWD, next, AT_FDCWD, last, 0);
    errno = before;
    return result;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    return fault_of(WRITE, fd) ? -1 : syscall(SYS_write, fd, bytes, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    return fault_of(WRITE, fd) ? -1 : syscall(SYS_writev, fd, parts, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    return fault_of(WRITE, fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, length, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

int ftruncate64(int fd, off64_t length) { return fault_of(WRITE, fd) ? -1 : syscall(SYS_ftruncate, fd, length); }

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fsync(int fd) { return fault_of(SYNC, fd) ? -1 : keep(fd, syscall(SYS_fsync, fd)); }

int fdatasync(int fd) { return fault_of(SYNC, fd) ? -1 : keep(fd, syscall(SYS_fdatasync, fd)); }

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    int is_written = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC));
    int found = is_written ? fault(OPEN, path) : 0;
    if (found) {
        errno = found;
        return -1;
    }
    return syscall(SYS_openat, folder, path, flags, mode);
}

#define MODE                                                                                                           \
    mode_t mode = 0;                                                                                                   \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                               \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode = va_arg(rest, mode_t);                                                                                   \
        va_end(rest);                                                                                                  \
    }

int open(const char *path, int flags, ...) {
    MODE return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    MODE return open_at(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    MODE return open_at(folder, path, flags | O_LARGEFILE, mode);
}
