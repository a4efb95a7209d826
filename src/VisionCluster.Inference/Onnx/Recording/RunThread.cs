using System.Runtime.ExceptionServices;

namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>
/// A thread for all runs of a graph: ONNX Runtime keeps recordings by thread (<c>CUDAExecutionProvider::PerThreadContext</c>).
/// Work is done one after another, while who brings it waits.
/// </summary>
internal sealed class RunThread : IDisposable
{
    private readonly Lock _turn = new();
    private readonly SemaphoreSlim _given = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread _thread;
    private Action? _work;
    private ExceptionDispatchInfo? _error;

    /// <param name="name">For debuggers.</param>
    public RunThread(string name)
    {
        _thread = new Thread(Serve) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>
    /// Does something on the thread and throws what it throws. It waits as long as that takes: a run ends at its own limit, and
    /// memory that the device still reads cannot be left to it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public void Invoke(Action work)
    {
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(!_thread.IsAlive, this);
            _work = work;
            _given.Release();
            _done.Wait();
            var error = _error;
            (_work, _error) = (null, null);
            error?.Throw();
        }
    }

    public void Dispose()
    {
        lock (_turn)
        {
            if (_thread.IsAlive)
            {
                _given.Release();
                _thread.Join();
            }
        }
    }

    private void Serve()
    {
        while (true)
        {
            _given.Wait();
            if (_work is null)
            {
                return;
            }

            try
            {
                _work();
            }
            catch (Exception error)
            {
                _error = ExceptionDispatchInfo.Capture(error);
            }

            _done.Release();
        }
    }
}
