#define _GNU_SOURCE
#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { number_end = 65, line_size_max = 256 };

static _Atomic unsigned counts[number_end];
static sem_t arrived;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void) { sem_init(&arrived, 0, 0); }

// Only what signal-safety(7) allows.
static void count_signal(int number) {
    int saved = errno;
    atomic_fetch_add(&counts[number], 1);
    sem_post(&arrived);
    errno = saved;
}

void signals_catch(int number) {
    pthread_once(&once, prepare);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = count_signal;
    action.sa_flags = SA_RESTART;
    sigaction(number, &action, NULL);
}

int signals_is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int signals_next(int64_t milliseconds) {
    pthread_once(&once, prepare);
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += milliseconds / 1000;
    deadline.tv_nsec += milliseconds % 1000 * 1000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec += 1;
        deadline.tv_nsec -= 1000000000;
    }
    for (;;) {
        for (int number = 1; number < number_end; number++) {
            unsigned count = atomic_load(&counts[number]);
            while (count > 0) {
                if (atomic_compare_exchange_weak(&counts[number], &count, count - 1)) return number;
            }
        }
        int result = milliseconds < 0 ? sem_wait(&arrived)
                                      : sem_clockwait(&arrived, CLOCK_MONOTONIC, &deadline);
        if (result != 0 && errno == ETIMEDOUT) return 0;
    }
}

static char quit_line[line_size_max];
static _Atomic size_t quit_line_size;

static void end_at_once(int number) {
    size_t size = atomic_load(&quit_line_size);
    if (size > 0 && write(STDERR_FILENO, quit_line, size) < 0) { /* The exit code has to do. */ }
    _exit(128 + number);
}

void signals_end_at_quit(const char *line) {
    size_t size = strlen(line);
    if (size > line_size_max) size = line_size_max;
    atomic_store(&quit_line_size, 0);
    memcpy(quit_line, line, size);
    atomic_store(&quit_line_size, size);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = end_at_once;
    sigaction(SIGQUIT, &action, NULL);
}

struct start {
    void (*body)(void *);
    void *argument;
};

static void *run(void *pointer) {
    struct start start = *(struct start *)pointer;
    free(pointer);
    start.body(start.argument);
    return NULL;
}

int thread_start(size_t stack_size, void (*body)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) return ENOMEM;
    *start = (struct start){body, argument};
    pthread_attr_t attributes;
    int code = pthread_attr_init(&attributes);
    if (code == 0) {
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        pthread_attr_setstacksize(&attributes, stack_size);
        pthread_t thread;
        code = pthread_create(&thread, &attributes, run, start);
        pthread_attr_destroy(&attributes);
    }
    if (code != 0) free(start);
    return code;
}

// What is longer is cut (PR_SET_NAME in prctl(2)).
void thread_name(const char *name) { prctl(PR_SET_NAME, name); }

static void *await_end(void *semaphore) {
    while (sem_wait(semaphore) != 0) {}
    return NULL;
}

int threads_count(int wanted, size_t stack_size) {
    pthread_t *threads = calloc((size_t)wanted, sizeof *threads);
    if (threads == NULL) return 0;
    sem_t end;
    sem_init(&end, 0, 0);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_size);
    int count = 0;
    while (count < wanted && pthread_create(&threads[count], &attributes, await_end, &end) == 0) count++;
    pthread_attr_destroy(&attributes);
    for (int index = 0; index < count; index++) sem_post(&end);
    for (int index = 0; index < count; index++) pthread_join(threads[index], NULL);
    sem_destroy(&end);
    free(threads);
    return count;
}
