"""The operations that small networks spend their time on, by the fastest route that every machine has.

On the CPU and in single precision NumPy multiplies small matrices with less overhead than torch, and via OpenBLAS where
torch uses MKL, which is slow on processors other than Intel's; NumPy's tanh is several times faster. OpenBLAS and NumPy
detect which instructions the processor has. The tensors share their memory, so nothing is copied.
Double precision, which checks and probes use, and other devices stay with torch.
"""

import numpy as np
import torch
from torch import Tensor

quietly = np.errstate(all="ignore")
"""A decorator: NumPy does not warn of values that are not finite, which are results, as in torch."""


def _fast(x: Tensor) -> bool:
    return x.dtype == torch.float32 and x.device.type == "cpu"


def matmul(a: Tensor, b: Tensor, out: Tensor | None = None) -> Tensor:
    """The product a @ b of (…, m, k) and (…, k, n); leading axes are broadcast. It is written to `out` where given.

    Where many matrices are multiplied by one, all their rows go into one product. NumPy may warn of what is not finite;
    `quietly` prevents that.
    """
    if a.dim() > 2 and b.dim() == 2:
        product = matmul(a.reshape(-1, a.shape[-1]), b).view(*a.shape[:-1], b.shape[-1])
        return product if out is None else out.copy_(product)
    if not (_fast(a) and _fast(b)):
        return torch.matmul(a, b, out=out)
    if out is None:
        return torch.from_numpy(np.matmul(a.numpy(), b.numpy()))
    np.matmul(a.numpy(), b.numpy(), out=out.numpy())
    return out


def tanh_(x: Tensor) -> Tensor:
    """tanh of every element, in place."""
    if not _fast(x):
        return x.tanh_()
    values = x.numpy()
    np.tanh(values, out=values)
    return x
