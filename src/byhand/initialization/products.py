"""The two operations that training spends its time on, by the fastest route that every machine has.

On the CPU and in single precision NumPy multiplies small batched matrices faster than torch does (its OpenBLAS against
torch's MKL on a processor that is not Intel's), and takes tanh several times faster; the tensors share their memory, so
nothing is copied. Double precision, which checks and probes use, and other devices stay with torch.
"""

import numpy as np
import torch
from torch import Tensor


def _fast(*tensors: Tensor) -> bool:
    return all(tensor.dtype == torch.float32 and tensor.device.type == "cpu" for tensor in tensors)


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """The product a @ b of (…, m, k) and (…, k, n), each run's for itself."""
    return torch.from_numpy(np.matmul(a.numpy(), b.numpy())) if _fast(a, b) else a @ b


def tanh_(x: Tensor) -> Tensor:
    """tanh of every element, in place."""
    if not _fast(x):
        return x.tanh_()
    values = x.numpy()
    np.tanh(values, out=values)
    return x
