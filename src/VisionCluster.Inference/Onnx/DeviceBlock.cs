using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx;

/// <summary>Bytes of a device's allocator, which lives as long as they do. A handle's own counting says when they go.</summary>
internal sealed class DeviceBlock : SafeHandle
{
    private readonly OrtAllocator _allocator;
    private readonly OrtMemoryAllocation _bytes;
    private readonly uint _size;
    private readonly Action<long> _used;

    /// <param name="allocator">Whose.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="used">Is told what is taken, and what is given back as a negative number.</param>
    public DeviceBlock(OrtAllocator allocator, uint bytes, Action<long> used)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        (_allocator, _size, _used) = (allocator, bytes, used);
        var held = false;
        allocator.DangerousAddRef(ref held);
        try
        {
            _bytes = allocator.Allocate(bytes);
            SetHandle(_bytes.DangerousGetHandle());
            used(bytes);
        }
        catch
        {
            allocator.DangerousRelease();
            throw;
        }
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>Where the bytes lie on the device.</summary>
    /// <exception cref="ObjectDisposedException">They have gone.</exception>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_bytes.IsClosed, this);
            return handle;
        }
    }

    /// <summary>Whether they have gone.</summary>
    public bool IsFreed => _bytes.IsClosed;

    protected override bool ReleaseHandle()
    {
        _bytes.Dispose();
        _used(-(long)_size);
        _allocator.DangerousRelease();
        return true;
    }
}
