using System.Text;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Grains.Images;

/// <summary>
/// Where files lie under a root. A tenant's folder is its name in hexadecimal: names that differ in case only are two
/// tenants, and there are file systems for which they would be one.
/// </summary>
internal sealed class TenantFolders(string root)
{
    private const int FanOut = 2;

    public string PathOf(ImageKey key) => Path.Combine(FolderOf(key.Tenant), key.ImageId[..FanOut], key.ImageId);

    /// <summary>How many files a tenant has, and their bytes.</summary>
    public (int Files, long Bytes) Count(TenantId tenant)
    {
        var folder = new DirectoryInfo(FolderOf(tenant));
        return folder.Exists
            ? folder.EnumerateFiles("*", SearchOption.AllDirectories).Aggregate(
                (Files: 0, Bytes: 0L), static (sum, file) => (sum.Files + 1, sum.Bytes + Length(file)))
            : default;
    }

    /// <summary>How full the disk is; null where it cannot tell.</summary>
    public StoreFill? Fill()
    {
        try
        {
            var disk = new DriveInfo(root);
            return new StoreFill(disk.TotalSize - disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    public IEnumerable<string> Files() =>
        Directory.Exists(root) ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories) : [];

    public static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            // Removed since it was listed.
            return 0;
        }
    }

    private string FolderOf(TenantId tenant) =>
        Path.Combine(root, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(tenant.Value)));
}
