/// Signals as a thread of its own sees them: handlers that only count, and a wait that takes no descriptor.
#ifndef LOCKSTEP_SIGNALS_H
#define LOCKSTEP_SIGNALS_H

#include <stddef.h>
#include <stdint.h>

/// Has a signal counted from now on, for `signals_next`, instead of what it does by default.
void signals_catch(int number);

/// Whether a signal is ignored, as nohup(1) has it before it starts a program.
int signals_is_ignored(int number);

/// Waits for the next signal that was counted and returns its number; 0 after `milliseconds` without one; a negative time has no end.
int signals_next(int64_t milliseconds);

/// Has SIGQUIT end the process at once, with one line on standard error unless that is empty.
void signals_end_at_quit(const char *line);

/// Starts a thread that ends by itself, whose stack has this number of bytes; returns 0, or an error number.
int thread_start(size_t stack_size, void (*body)(void *), void *argument);

/// Starts `wanted` threads, all at once, and ends them again; returns how many the system gave.
int threads_count(int wanted, size_t stack_size);

/// Names the calling thread, by at most 15 bytes.
void thread_name(const char *name);

#endif
