// Where the compiler is told what is seldom.
#pragma once

// ETI_APART: what few packets come to stays a call of its own. Inlined into what all come to, it
// would have those save registers for it.
#define ETI_APART [[gnu::noinline]]
