namespace VisionCluster.Grains.Images;

/// <summary>Tells a full disk from other trouble.</summary>
internal static class DiskErrors
{
    // The operating system's own numbers: ENOSPC and EDQUOT of Linux, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private static readonly int[] Full = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    public static bool IsFull(IOException error) => Full.Contains(error.HResult);
}
