#include <cp/arch.h>
void arch_probe(void)
{
}
