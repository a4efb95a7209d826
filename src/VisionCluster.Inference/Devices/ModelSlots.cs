using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;

namespace VisionCluster.Inference.Devices;

/// <summary>The models that serve on a device, by name. Readers never wait.</summary>
internal sealed class ModelSlots
{
    private readonly Lock _gate = new();
    private volatile SortedDictionary<string, LoadedModel> _models = new(StringComparer.Ordinal);

    public IReadOnlyCollection<LoadedModel> All => _models.Values;

    /// <summary>Puts a model in place; what it replaces comes back.</summary>
    public LoadedModel? Put(LoadedModel model)
    {
        lock (_gate)
        {
            _models.TryGetValue(model.Manifest.Name, out var old);
            _models = new(_models, StringComparer.Ordinal) { [model.Manifest.Name] = model };
            return old;
        }
    }

    public LoadedModel? Remove(string name)
    {
        lock (_gate)
        {
            var rest = new SortedDictionary<string, LoadedModel>(_models, StringComparer.Ordinal);
            rest.Remove(name, out var removed);
            _models = rest;
            return removed;
        }
    }

    public IReadOnlyCollection<LoadedModel> Clear()
    {
        lock (_gate)
        {
            var all = _models.Values;
            _models = new(StringComparer.Ordinal);
            return all;
        }
    }

    /// <summary>Holds the model of a name, of whatever family.</summary>
    /// <exception cref="VisionException"><c>ModelNotFound</c>.</exception>
    public ModelHold<LoadedModel> Hold(string name) => _models.TryGetValue(name, out var model)
        ? Hold<LoadedModel>(model.Manifest.Family, name)
        : throw new VisionException(VisionErrorCode.ModelNotFound, $"No model '{name}' is loaded.");

    /// <summary>Holds the model of a name, or the first of a family.</summary>
    /// <exception cref="VisionException"><c>ModelNotFound</c>.</exception>
    public ModelHold<T> Hold<T>(ModelFamily family, string? name)
        where T : LoadedModel
    {
        while (true)
        {
            var found = name is null
                ? _models.Values.FirstOrDefault(model => model.Manifest.Family == family)
                : _models.TryGetValue(name, out var named) ? named : null;
            if (found is not T model || model.Manifest.Family != family)
            {
                throw new VisionException(
                    VisionErrorCode.ModelNotFound,
                    name is null
                        ? $"No model of family '{family}' is loaded."
                        : $"No model '{name}' of family '{family}' is loaded.");
            }

            // It may be going: then its successor, or nothing, stands in its place by now.
            if (model.TryHold())
            {
                return new ModelHold<T>(model);
            }

            Thread.Yield();
        }
    }
}
