int cprobe_write(int fd, const void *p, unsigned long n);
int cprobe_argument_count(void);
const char *cprobe_argument(int i);
