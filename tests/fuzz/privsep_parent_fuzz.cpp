#include "privsep_fuzz.h"

IKE_FUZZ_RECEIVER(ToParent, from_child(Role::keys), from_child(Role::kernel),
                  from_child(Role::control), from_child(Role::engine))
