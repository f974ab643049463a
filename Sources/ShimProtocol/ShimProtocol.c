#include "ShimProtocol.h"
