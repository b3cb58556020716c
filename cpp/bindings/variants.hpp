#pragma once
#include "bindings/described.hpp"
#include "layers/layer.hpp"
#include "training/augmentation.hpp"
#include "training/losses.hpp"
#include "training/optimizers.hpp"
#include "training/schedules.hpp"

// The variants of described structs as arguments; to be included wherever one crosses the border.
namespace pybind11::detail {

template <>
struct type_caster<digitcompress::Layer> : digitcompress::bindings::DescribedCaster<digitcompress::Layer> {};
template <>
struct type_caster<digitcompress::Loss> : digitcompress::bindings::DescribedCaster<digitcompress::Loss> {};
template <>
struct type_caster<digitcompress::Optimizer> : digitcompress::bindings::DescribedCaster<digitcompress::Optimizer> {};
template <>
struct type_caster<digitcompress::Schedule> : digitcompress::bindings::DescribedCaster<digitcompress::Schedule> {};
template <>
struct type_caster<digitcompress::Augmentation> : digitcompress::bindings::DescribedCaster<digitcompress::Augmentation> {};

}  // namespace pybind11::detail
