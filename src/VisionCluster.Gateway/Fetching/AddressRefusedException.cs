namespace VisionCluster.Gateway.Fetching;

/// <summary>A host has an address that nothing is fetched from. Callers are not told which.</summary>
internal sealed class AddressRefusedException : Exception;
