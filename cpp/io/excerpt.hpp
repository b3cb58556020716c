#pragma once
#include <string>
#include <string_view>

namespace digitcompress::io {

// Foreign text made fit for a message: quoted, control and non-ASCII bytes escaped, at most 40 bytes of it.
[[nodiscard]] std::string excerpt(std::string_view text);

}  // namespace digitcompress::io
