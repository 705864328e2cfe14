/* Windows does not tell the case of file names, others do. */
#include <threadpoolapiset.h>
