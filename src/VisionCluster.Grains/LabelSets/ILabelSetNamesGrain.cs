using VisionCluster.Contracts.Errors;

namespace VisionCluster.Grains.LabelSets;

/// <summary>The names of a tenant's label sets, so that there is an end to them. Key: the tenant.</summary>
[Alias("visioncluster.ILabelSetNamesGrain")]
internal interface ILabelSetNamesGrain : IGrainWithStringKey
{
    /// <summary>Takes a name that a set is about to be kept under; nothing happens where it is taken already.</summary>
    /// <exception cref="VisionException"><c>QuotaExceeded</c>: the tenant has as many sets as it may.</exception>
    [Alias("Add")]
    Task AddAsync(string name);

    /// <summary>Gives a name back.</summary>
    [Alias("Remove")]
    Task RemoveAsync(string name);
}
