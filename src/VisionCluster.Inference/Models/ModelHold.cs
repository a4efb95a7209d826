namespace VisionCluster.Inference.Models;

/// <summary>A model that a call holds while it uses it.</summary>
internal readonly struct ModelHold<T>(T model) : IDisposable
    where T : LoadedModel
{
    public T Model { get; } = model;

    public void Dispose() => Model.Release();
}
