using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Catalog;

/// <summary>Finds the models of this machine.</summary>
public sealed class ModelCatalog(IOptions<ModelCatalogOptions> options)
{
    private readonly ModelCatalogOptions _options = options.Value;

    /// <summary>Every model folder to load, by name.</summary>
    /// <exception cref="VisionException"><c>ModelUnavailable</c>: a folder or manifest is not as it must be.</exception>
    public IReadOnlyList<ModelFolder> Find()
    {
        var found = All();
        foreach (var name in _options.Load.Where(name => !found.ContainsKey(name)))
        {
            throw new VisionException(VisionErrorCode.ModelUnavailable, $"No folder holds a model named '{name}'.");
        }

        return [.. found.Values.Where(m => _options.Load.Count == 0 || _options.Load.Contains(m.Manifest.Name))];
    }

    /// <summary>The folder of a model as it is now, whether it is among those to load at the start or not.</summary>
    /// <exception cref="VisionException"><c>ModelNotFound</c>; <c>ModelUnavailable</c>: a folder or manifest is not as it must be.</exception>
    public ModelFolder Find(string name) => All().TryGetValue(name, out var folder)
        ? folder
        : throw new VisionException(VisionErrorCode.ModelNotFound, $"No folder holds a model named '{name}'.");

    /// <summary>The name that serves requests of a family which name none; null where nothing is set.</summary>
    public string? DefaultOf(ModelFamily family) => _options.Defaults.TryGetValue(family, out var name) ? name : null;

    private SortedDictionary<string, ModelFolder> All()
    {
        var found = new SortedDictionary<string, ModelFolder>(StringComparer.Ordinal);
        foreach (var folder in Roots().SelectMany(Directory.EnumerateDirectories))
        {
            if (File.Exists(Path.Combine(folder, ManifestReader.FileName)))
            {
                var model = ManifestReader.Read(folder);
                if (!found.TryAdd(model.Manifest.Name, model))
                {
                    throw new VisionException(
                        VisionErrorCode.ModelUnavailable, $"Two folders hold a model named '{model.Manifest.Name}'.");
                }
            }
        }

        return found;
    }

    private IEnumerable<string> Roots()
    {
        foreach (var directory in _options.Directories)
        {
            yield return Directory.Exists(directory)
                ? directory
                : throw new VisionException(
                    VisionErrorCode.ModelUnavailable, $"Vision:Models:Directories names '{directory}', which is no folder.");
        }

        if (_options.Directories.Count == 0)
        {
            yield return Path.Combine(AppContext.BaseDirectory, "models");
        }
    }
}
