using System.Buffers;

namespace VisionCluster.Inference.Onnx;

/// <summary>Numbers in page-locked memory. They stay until this is disposed and nothing has them pinned, as a tensor of the runtime does.</summary>
internal sealed unsafe class PageLockedArray<T> : MemoryManager<T>
    where T : unmanaged
{
    private readonly DeviceBlock _block;
    private readonly int _length;
    private volatile bool _disposed;

    /// <param name="block">The memory; taken over.</param>
    /// <param name="length">Numbers in it.</param>
    public PageLockedArray(DeviceBlock block, int length) => (_block, _length) = (block, length);

    /// <summary>Whether the memory is given back.</summary>
    public bool IsFreed => _block.IsFreed;

    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public override Span<T> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Span<T>((void*)_block.Address, _length);
    }

    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        ObjectDisposedException.ThrowIf(_disposed, this);
        var held = false;
        _block.DangerousAddRef(ref held);
        return new MemoryHandle((T*)_block.Address + elementIndex, pinnable: this);
    }

    public override void Unpin() => _block.DangerousRelease();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _disposed = true;
            _block.Dispose();
        }
    }
}
