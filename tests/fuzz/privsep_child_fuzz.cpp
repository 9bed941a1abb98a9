#include "privsep_fuzz.h"

IKE_FUZZ_RECEIVER(FromParent, from_parent(Role::keys), from_parent(Role::kernel),
                  from_parent(Role::control), from_parent(Role::engine))
