using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.LabelSets;

/// <summary>What a matrix of labels is a function of.</summary>
/// <param name="Tenant">Whose request it was: labels of a request are told apart by a hash that others could forge.</param>
/// <param name="Model">Name and version: another version's matrix is no use.</param>
/// <param name="Labels">Version of a label set, or hash of a request's labels and templates.</param>
/// <param name="Count">Labels.</param>
internal readonly record struct MatrixKey(TenantId Tenant, string Model, UInt128 Labels, int Count)
{
    /// <summary>Bookkeeping of an entry beside its numbers.</summary>
    public const int Overhead = 256;
}
