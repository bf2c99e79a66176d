#include <stdint.h>
#include <stdlib.h>

// A number in memory that DuckDB may keep and free.
void *logsqlNumber(uint64_t n) {
	uint64_t *p = malloc(sizeof *p);
	if (p == NULL)
		abort();
	*p = n;
	return p;
}

void *logsqlNumberCopy(void *p) { return logsqlNumber(*(uint64_t *)p); }
