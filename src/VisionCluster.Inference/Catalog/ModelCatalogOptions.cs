namespace VisionCluster.Inference.Catalog;

/// <summary>Where models are; section <c>Vision:Models</c>.</summary>
public sealed class ModelCatalogOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Models";

    /// <summary>Folders that hold model folders; none: the starter models beside the program.</summary>
    public IList<string> Directories { get; } = [];

    /// <summary>Names of models to load; none: all that are found.</summary>
    public IList<string> Load { get; } = [];

    /// <summary>The model of a family that serves requests which name none; else the first by name.</summary>
    public IDictionary<ModelFamily, string> Defaults { get; } = new Dictionary<ModelFamily, string>();
}
