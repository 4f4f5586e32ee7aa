"""Calls of numpy on two arrays x and y of one data type and shape (3, 4)."""

from __future__ import annotations


def _calls(text):
    return [call.strip() for call in text.split(";")]


EVERYWHERE = _calls("""
np.arccos(x); np.arccosh(x); np.arcsin(x); np.arcsinh(x); np.arctan(x); np.arctanh(x); np.cbrt(x);
np.ceil(x); np.cos(x); np.cosh(x); np.deg2rad(x); np.degrees(x); np.exp(x); np.exp2(x);
np.expm1(x); np.fabs(x); np.floor(x); np.invert(x); np.bitwise_not(x); np.isfinite(x); np.isinf(x);
np.isnan(x); np.log(x); np.log10(x); np.log1p(x); np.log2(x); np.logical_not(x); np.negative(x);
np.positive(x); np.rad2deg(x); np.radians(x); np.rint(x); np.sign(x); np.signbit(x); np.sin(x);
np.sinh(x); np.sqrt(x); np.tan(x); np.tanh(x); np.trunc(x); np.fix(x); np.isneginf(x);
np.isposinf(x); np.iscomplex(x); np.isreal(x); np.real(x); np.imag(x); np.nan_to_num(x);
np.round(x); np.around(x); np.all(x); np.any(x); np.mean(x); np.median(x); np.ptp(x); np.std(x);
np.var(x); np.argsort(x); np.sort(x); np.argwhere(x); np.flatnonzero(x); np.count_nonzero(x);
np.average(x); np.unique(x); np.diff(x); np.ediff1d(x); np.ravel(x); np.transpose(x); np.copy(x);
np.flip(x); np.fliplr(x); np.flipud(x); np.rot90(x); np.diag(x); np.diagflat(x); np.diagonal(x);
np.zeros_like(x); np.ones_like(x); np.trapezoid(x); np.matrix_transpose(x); np.unstack(x);
np.fft.fft(x); np.fft.ifft(x); np.fft.fft2(x); np.fft.ifft2(x); np.fft.fftn(x); np.fft.rfft(x);
np.fft.rfft2(x); np.linalg.svdvals(x); np.linalg.pinv(x); np.linalg.matrix_transpose(x);
np.all(x, axis=1); np.any(x, axis=1); np.mean(x, axis=1); np.median(x, axis=1); np.ptp(x, axis=1);
np.std(x, axis=1); np.var(x, axis=1); np.argsort(x, axis=1); np.sort(x, axis=1);
np.flip(x, axis=1); np.diff(x, axis=1); np.trapezoid(x, axis=1); np.count_nonzero(x, axis=1);
np.fft.fft(x, axis=1); np.average(x, axis=1); np.add(x, y); np.subtract(x, y); np.multiply(x, y);
np.divide(x, y); np.true_divide(x, y); np.float_power(x, y); np.arctan2(x, y); np.hypot(x, y);
np.copysign(x, y); np.heaviside(x, y); np.logaddexp(x, y); np.logaddexp2(x, y); np.equal(x, y);
np.not_equal(x, y); np.logical_and(x, y); np.logical_or(x, y); np.logical_xor(x, y);
np.bitwise_and(x, y); np.bitwise_or(x, y); np.bitwise_xor(x, y); np.isin(x, y); np.union1d(x, y);
np.append(x, y); np.add(x, 2); np.add(2, x); np.add(x, 1.5); np.add(x, True); np.subtract(x, 2);
np.subtract(2, x); np.subtract(x, 1.5); np.subtract(x, True); np.multiply(x, 2); np.multiply(2, x);
np.multiply(x, 1.5); np.multiply(x, True); np.divide(x, 2); np.divide(2, x); np.divide(x, 1.5);
np.divide(x, True); np.floor_divide(x, 2); np.floor_divide(x, 1.5); np.mod(x, 2); np.mod(x, 1.5);
np.power(x, 2); np.power(2, x); np.power(x, 1.5); np.maximum(x, 2); np.maximum(2, x);
np.maximum(x, 1.5); np.arctan2(x, 2); np.arctan2(2, x); np.arctan2(x, 1.5); np.arctan2(x, True);
np.hypot(x, 2); np.hypot(2, x); np.hypot(x, 1.5); np.hypot(x, True); np.copysign(x, 2);
np.copysign(2, x); np.copysign(x, 1.5); np.copysign(x, True); np.heaviside(x, 2);
np.heaviside(2, x); np.heaviside(x, 1.5); np.heaviside(x, True); np.logaddexp2(x, 2);
np.logaddexp2(2, x); np.logaddexp2(x, 1.5); np.logaddexp2(x, True); np.less(x, 2); np.less(2, x);
np.less(x, 1.5); np.equal(x, 2); np.equal(2, x); np.equal(x, 1.5); np.equal(x, True);
np.bitwise_and(x, 2); np.left_shift(x, 2); np.fmod(x, 2); np.fmod(x, 1.5); np.float_power(x, 2);
np.float_power(x, 1.5); np.float_power(x, True); np.logaddexp(x, 2); np.logaddexp(2, x);
np.logaddexp(x, 1.5); np.logaddexp(x, True); np.heaviside(x, np.float32(0.5)); x + y; x - y; x * y;
x / y; x ** 0.5; -x; ~x; x & y; x | y; x ^ y; x << 1; x >> 1; x + 1; 1 - x; x * 2.5; 2.5 / x;
x > 1; x == 2.5; x == y; x.T; x.mean(0); x.std(); x.var(1); x.all(); x.any(0); x.round();
x.round(1); x.clip(0, 2); x.repeat(2); x.ravel(); x.flatten(); x.copy(); x.diagonal(); x.argsort();
x.swapaxes(0, 1); x.take([0, 1]); x.astype(np.float32); x.astype(np.int64); x.astype(np.bool_);
x.astype(np.int8); x.astype(np.float16); np.outer(x, y); np.linalg.outer(x[0], y[0]);
np.linalg.tensordot(x, y, ([1], [1])); np.linalg.det(x[:, :3]);
np.linalg.inv(x[:, :3] + np.eye(3) * 7); np.linalg.slogdet(x[:, :3]); np.linalg.norm(x, 1, axis=1);
np.linalg.eigvalsh(x[:, :3] + x[:, :3].T); np.cross(x[:, :3], y[:, :3]); np.clip(x, 0, 2);
np.clip(x, None, 1); np.clip(x, 0.5, 2.5); np.where(x > 1, x, y); np.where(x > 1, x, 0);
np.where(x > 1, x, 0.5); np.where(x > 1, 1, 0); np.concatenate([x, y]); np.stack([x, y]);
np.column_stack([x, y]); np.concatenate([x, y.astype(np.float32)]);
np.stack([x, y.astype(np.float16)]); np.broadcast_to(x, (2, 3, 4)); np.broadcast_arrays(x, y[0]);
np.repeat(x, 2); np.repeat(x, 2, axis=1); np.roll(x, 1); np.roll(x, 1, axis=1); np.take(x, 5);
np.take(x, [0, 2], axis=1); np.take_along_axis(x, np.argsort(x, axis=1), axis=1);
np.compress([True, False, True], x, axis=0); np.extract(x > 0, x); np.full_like(x, 2);
np.full_like(x, 2.5); np.quantile(x, 0.3); np.quantile(x, 0.3, axis=1); np.percentile(x, 30);
np.percentile(x, 30, axis=0); np.median(x, axis=1, keepdims=True);
np.average(x, axis=1, weights=np.array([1.0, 2, 3, 4])); np.isin(x, [1, 2]); np.isin(x, [1.5, 2]);
np.unique(x, return_counts=True); np.polyval([2, -1, 1], x); np.polyval([2.0, -1.0], x);
np.trapezoid(x, dx=0.5); np.diff(x, 2); np.round(x, 1); np.round(x, -1);
np.sum(x, dtype=np.float32); np.mean(x, dtype=np.float32); np.std(x, ddof=1);
np.var(x, ddof=1, axis=0); np.add(x, y, dtype=np.float64); np.nan_to_num(x, nan=2.0);
np.sin(x, dtype=np.float64); np.meshgrid(x[0], y[:, 0]); np.moveaxis(x, 0, 1);
np.expand_dims(x, 1); np.asarray(x); np.ptp(x, axis=1); np.diag(x[0], 1);
np.eye(3, dtype=x.dtype) * x[:, :3]; np.zeros((2, 2), x.dtype);
np.ones(3, dtype=x.dtype) + x[:, :3]; np.full((2, 2), 1, x.dtype);
np.linspace(0, 1, 3, dtype=x.dtype); np.count_nonzero(x, axis=1); np.fft.fft(x, n=3);
np.fft.rfft(x, axis=0); np.indices((3, 4))[0] + x; np.concat([x, y]); np.permute_dims(x);
np.nan_to_num(x, posinf=1.0); np.fft.fftfreq(4) * x; np.fft.rfftfreq(4)[:2] + x[0, :2];
np.diag_indices(3)[0] + x[0, :3]; np.take_along_axis(x, np.array([[0], [1], [2]]), 1);
np.hypot(x, x); np.searchsorted(np.array([0.5, 1.5]), x)
""")
"""Calls that traces and scripts take for each data type that numpy takes."""

TRACED = _calls("""
np.cov(x); np.corrcoef(x); np.nanquantile(x, 0.3); np.nanmedian(x); np.gradient(x[0]); np.sinc(x);
np.interp(x, np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 2.0])); np.unwrap(x); np.vander(x[0]);
np.histogram(x, bins=4, range=(0, 4)); np.polyadd(x[0], y[0]); np.polyder(x[0]); np.polyint(x[0]);
np.tile(x, 2);
np.block([[x, y], [y, x]]); np.setxor1d(x, y); np.intersect1d(x, y); np.setdiff1d(x, y);
np.maximum.accumulate(x);
np.choose(np.array([[0, 1, 0, 1]] * 3), [x, y]); np.insert(x, 1, 0, axis=1);
np.piecewise(x, [x > 1], [1, 0]); np.delete(x, [0, 2], axis=1); np.resize(x, (2, 2));
np.abs(x); np.absolute(x); np.conj(x); np.conjugate(x); np.square(x); np.angle(x); np.modf(x);
np.amax(x); np.amin(x); np.max(x); np.min(x); np.argmax(x); np.argmin(x); np.nonzero(x);
np.nanmean(x); np.nanvar(x); np.nanstd(x); np.nanmax(x); np.nanmin(x); np.squeeze(x);
np.atleast_1d(x); np.atleast_2d(x); np.atleast_3d(x); np.tril(x); np.triu(x); np.fft.ifftn(x);
np.fft.rfftn(x); np.fft.irfft(x); np.fft.fftshift(x); np.fft.ifftshift(x); np.linalg.norm(x);
np.linalg.matrix_norm(x); np.linalg.vector_norm(x); np.linalg.diagonal(x); np.maximum.reduce(x);
np.logical_and.reduce(x); np.logical_or.reduce(x); np.amax(x, axis=1); np.max(x, axis=1);
np.min(x, axis=1); np.argmax(x, axis=1); np.nanmean(x, axis=1); np.nanvar(x, axis=1);
np.nanmax(x, axis=1); np.nanmin(x, axis=1); np.fft.irfft(x, axis=1); np.linalg.norm(x, axis=1);
np.nanstd(x, axis=1); np.argmin(x, axis=1); np.min(x, axis=1); np.power(x, y); np.maximum(x, y);
np.minimum(x, y); np.fmax(x, y); np.fmin(x, y); np.less(x, y); np.less_equal(x, y);
np.greater(x, y); np.greater_equal(x, y); np.left_shift(x, y); np.right_shift(x, y);
np.array_equal(x, y); np.allclose(x, y); np.isclose(x, y); np.kron(x, y); np.vecdot(x, y);
np.linalg.vecdot(x, y); np.add.outer(x, y); np.multiply.outer(x, y); np.floor_divide(x, True);
np.mod(x, True); np.power(x, True); np.maximum(x, True); np.less(x, True); np.fmod(x, True);
np.float_power(2, x); x ** y; x ** 2; abs(x); x @ y.T; x.max(1); x.min(); x.argmax();
x.reshape(4, 3); x.nonzero(); x.dot(y.T); np.matmul(x, y.T); np.dot(x, y.T); np.dot(x[0], y[0]);
np.inner(x, y); np.vdot(x, y); np.tensordot(x, y, ([1], [1])); np.einsum('ij,kj->ik', x, y);
np.einsum('ij->i', x); np.matvec(x, y[0]); np.vecmat(x[:, 0], y); np.linalg.matmul(x, y.T);
np.linalg.multi_dot([x, y.T, x]); np.linalg.solve(x[:, :3] + np.eye(3) * 7, y);
np.linalg.matrix_power(x[:, :3], 3); np.linalg.norm(x, axis=1); np.linalg.norm(x[0], np.inf);
np.linalg.cross(x[:, :3], y[:, :3]); np.clip(x, y, y); np.where(x, x, y); np.where(x > 0);
np.select([x > 1, x > 0], [x, y], 0); np.vstack([x, y]); np.hstack([x, y]); np.dstack([x, y]);
np.pad(x, 1); np.pad(x, 1, mode='edge'); np.pad(x, 1, constant_values=2); np.insert(x[0], 1, 1);
np.delete(x, 1, 0); np.full((2,), x[0, 0]); np.digitize(x, np.array([0.5, 1.5]));
np.digitize(x, [0, 1, 2]); np.angle(x, deg=True); np.cumsum(x, dtype=np.int64);
np.split(x, 2, axis=1); np.array_split(x, 3, axis=1); np.array([x[0, 0], x[0, 1]]);
np.nanvar(x, ddof=1); np.triu(x, 1); np.tril(x, -1); np.max(x, axis=1, keepdims=True);
np.fft.irfft(x, n=4); np.tri(3, 4, dtype=x.dtype) * x; np.logspace(0, 2, 3) * x[:, :3];
np.geomspace(1, 8, 3) * x[:, :3]; np.triu_indices(3)[0] + x[0, 0];
np.ravel_multi_index((np.array([0, 1]), np.array([1, 2])), (3, 4)) + x[0, :2]; np.hamming(4) * x;
np.blackman(4) * x; np.bartlett(4) * x; np.broadcast_shapes((3, 1), (1, 4))[0] + x;
np.roots(np.array([1.0, 2.0, 1.0])); np.mask_indices(3, np.triu)[0] + x[0, 0]; np.require(x);
np.asanyarray(x); np.nonzero(x); np.atleast_2d(x[0], y); np.rollaxis(x, 1);
np.searchsorted(np.sort(x[0]), y)
""")
"""Calls that only traces take for each."""

SUMS = _calls("""
np.prod(x); np.sum(x); np.cumsum(x); np.cumprod(x); np.nansum(x); np.nanprod(x); np.trace(x);
np.linalg.trace(x); np.add.accumulate(x); np.add.reduce(x); np.multiply.reduce(x);
np.sum(x, axis=1); np.prod(x, axis=1, keepdims=True); np.cumsum(x, axis=1);
np.nancumsum(x, axis=1); np.nancumprod(x, axis=1); np.cumulative_sum(x, axis=1);
np.cumulative_prod(x, axis=0); x.sum(); x.cumsum(); x.prod(); np.sum(x, axis=(0, 1));
np.average(x, weights=np.abs(y) + 1)
""")
"""Calls whose result is uint64 where an operand is unsigned: refused there, traced for others."""
