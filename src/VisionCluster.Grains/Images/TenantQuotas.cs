using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Images;

/// <summary>How much of the image store each tenant may fill.</summary>
internal sealed class TenantQuotas(IOptions<ImageStoreOptions> store, IOptions<TenantLimitOptions> limits)
{
    /// <summary>Most bytes of a tenant's live images.</summary>
    public long BytesOf(TenantId tenant) => limits.Value.Of(tenant.Value).StoredBytes is > 0 and var own ? own : store.Value.TenantQuotaBytes;

    /// <summary>Most live images of a tenant.</summary>
    public int ImagesOf(TenantId tenant) => limits.Value.Of(tenant.Value).Images is > 0 and var own ? own : int.MaxValue;

    /// <summary>What an image is refused with for which a tenant has no room.</summary>
    public VisionException Refusal(TenantId tenant, bool images) => images
        ? StoreErrors.Images(ImagesOf(tenant))
        : StoreErrors.Quota(BytesOf(tenant));
}
